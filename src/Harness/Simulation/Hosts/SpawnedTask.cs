namespace Raid5Verify.Simulation;

/// <summary>A task that a host began for itself; known to the deadlock report until it ends.</summary>
internal sealed class SpawnedTask(HostLife life, Label name, Func<Task> body)
{
    internal static readonly SendOrPostCallback Begin = static task => _ = ((SpawnedTask)task!).RunAsync();

    private readonly TaskCompletionSource _ended = new();

    internal Label Name => name;

    internal Task Ended => _ended.Task;

    /// <summary>The body's own task, once it has begun.</summary>
    internal Task? Running { get; private set; }

    private async Task RunAsync()
    {
        try
        {
            Running = body();
            await Running;
            _ended.SetResult();
        }
        catch (OperationCanceledException)
        {
            // Whoever cancelled it knows; whoever awaits it is told.
            _ended.SetCanceled();
        }
        catch (Exception thrown) when (Report(thrown))
        {
            _ended.SetException(thrown);
        }
    }

    private bool Report(Exception thrown)
    {
        life.World.ReportFailure(thrown as SimulationException ?? new SimulationException(
            SimulationFailure.UnhandledException, $"{name} threw: {thrown.Message}", thrown));
        return true;
    }
}
