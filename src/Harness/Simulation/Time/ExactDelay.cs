namespace Raid5Verify.Simulation;

/// <summary>Waits of the harness, which may be shorter than a millisecond.</summary>
public static class ExactDelay
{
    /// <summary>
    /// Waits so long on this clock, to the tick. <c>Task.Delay</c> counts whole milliseconds: what is finer it cuts off, and less than one is
    /// no wait at all.
    /// </summary>
    /// <param name="clock">A host's. If its life ends meanwhile, the task never does.</param>
    /// <param name="time">Zero or less is no wait.</param>
    public static Task WaitAsync(this TimeProvider clock, TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var due = new TaskCompletionSource();
        _ = clock.CreateTimer(static task => ((TaskCompletionSource)task!).SetResult(), due, time, Timeout.InfiniteTimeSpan);
        return due.Task;
    }
}
