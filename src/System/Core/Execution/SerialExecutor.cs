#pragma warning disable RS0030 // The executor is the one thread that Core runs on: the only file of Core that names threads.

using Raid5Fs.Primitives;

namespace Raid5Fs.Execution;

/// <summary>
/// One thread on which a server or a client runs all of its Core, one continuation at a time. What other threads bring
/// (RPC, FUSE, disk) is handed in by <see cref="RunAsync{T}"/> or by awaiting it from work that runs here.
/// </summary>
/// <remarks>
/// <para>Why: Core then needs no locks against threads, only against its own awaits, and production has no interleaving
/// that the simulator, which schedules the same continuations, cannot produce.</para>
/// <para>Each continuation runs under a <see cref="SynchronizationContext"/> instance of its own, as it does in simulation: the
/// runtime runs an awaiter inline when the captured instance is the current one, which would nest continuations here
/// that are separate steps there.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class SerialExecutor : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private int _running;
    private bool _stopping;

    /// <param name="name">Names the thread, for debuggers and dumps.</param>
    public SerialExecutor(string name)
    {
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether the caller runs on this executor.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    /// <summary>Begins work on the executor; callable from any thread.</summary>
    /// <returns>The work's outcome; its awaiters run where they were, never on this thread unless they belong here.</returns>
    /// <exception cref="ObjectDisposedException">The executor is stopping.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _running++;
        }

        Enqueue(static state => _ = ((Func<Task>)state!)(), new Func<Task>(async () =>
        {
            try
            {
                outcome.SetResult(await work());
            }
            catch (OperationCanceledException cancelled)
            {
                outcome.SetCanceled(cancelled.CancellationToken);
            }
            catch (Exception thrown) when (outcome.TrySetException(thrown))
            {
                // Handed to the caller: it is the caller's exception now.
            }
            finally
            {
                WorkEnded();
            }
        }));
        return outcome.Task;
    }

    /// <summary>As <see cref="RunAsync{T}"/>, for work without a value.</summary>
    public Task RunAsync(Func<Task> work) => RunAsync(async () =>
    {
        await work();
        return true;
    });

    /// <summary>Refuses new work, waits for the work that runs, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Invariant.Require(!IsCurrent, "an executor cannot wait for its own end");
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        await _stopped.Task;
    }

    private void WorkEnded()
    {
        lock (_gate)
        {
            _running--;
            Monitor.Pulse(_gate);
        }
    }

    private void Enqueue(SendOrPostCallback callback, object? state)
    {
        lock (_gate)
        {
            _ready.Enqueue((callback, state));
            Monitor.Pulse(_gate);
        }
    }

    private void Loop()
    {
        while (TryTake(out var step))
        {
            SynchronizationContext.SetSynchronizationContext(new StepContext(this));
            step.Callback(step.State);
        }

        _stopped.SetResult();
    }

    /// <returns>False when the executor is stopping and all its work has ended.</returns>
    private bool TryTake(out (SendOrPostCallback Callback, object? State) step)
    {
        lock (_gate)
        {
            while (!_ready.TryDequeue(out step))
            {
                if (_stopping && _running == 0)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    private sealed class StepContext(SerialExecutor executor) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => executor.Enqueue(d, state);

        public override void Send(SendOrPostCallback d, object? state)
        {
            Invariant.Require(executor.IsCurrent, "a synchronous call into an executor would block its caller");
            d(state);
        }

        public override SynchronizationContext CreateCopy() => this;
    }
}
