namespace Raid5Fs.Primitives;

/// <summary>
/// Wakes one waiter: a set that nobody waits for is kept for the next wait, and any number of them count as one.
/// </summary>
/// <remarks>Guards against other awaits of one executor, not against threads.</remarks>
public sealed class AsyncSignal
{
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        if (_waiter is { } waiter)
        {
            _waiter = null;
            waiter.SetResult();
        }
        else
        {
            _isSet = true;
        }
    }

    /// <summary>Ends at once if it was set since the last wait, else when it is. One wait at a time.</summary>
    public Task WaitAsync()
    {
        Invariant.Require(_waiter is null, "a signal has one waiter");
        if (_isSet)
        {
            _isSet = false;
            return Task.CompletedTask;
        }

        _waiter = new TaskCompletionSource();
        return _waiter.Task;
    }
}
