namespace Raid5Fs.Primitives;

/// <summary>
/// An asynchronous lock that many may share or one may have alone: who comes first is served first, so neither
/// side starves the other.
/// </summary>
/// <remarks>Guards against other awaits of one executor, not against threads. Not reentrant.</remarks>
public sealed class SharedLock
{
    private readonly Queue<Waiter> _line = [];
    private int _sharers;
    private bool _exclusive;

    /// <summary>Joins the sharers if that needs no wait.</summary>
    public bool TryAcquireShared()
    {
        bool free = !_exclusive && _line.Count == 0;
        _sharers += free ? 1 : 0;
        return free;
    }

    /// <summary>Joins the sharers; the caller disposes the result exactly once.</summary>
    public async ValueTask<Share> EnterSharedAsync()
    {
        await AcquireSharedAsync();
        return new Share(this);
    }

    /// <summary>Joins the sharers if that needs no wait; the caller then disposes the share exactly once.</summary>
    public bool TryEnterShared(out Share share)
    {
        bool entered = TryAcquireShared();
        share = entered ? new Share(this) : default;
        return entered;
    }

    /// <summary>Joins the sharers. The caller calls <see cref="ReleaseShared"/> exactly once.</summary>
    public ValueTask AcquireSharedAsync()
    {
        if (_exclusive || _line.Count > 0)
        {
            return WaitAsync(exclusive: false);
        }

        _sharers++;
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until nobody else is inside. The caller calls <see cref="ReleaseExclusive"/> exactly once.</summary>
    public ValueTask AcquireExclusiveAsync()
    {
        if (_exclusive || _sharers > 0 || _line.Count > 0)
        {
            return WaitAsync(exclusive: true);
        }

        _exclusive = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until nobody else is inside; the caller disposes the result exactly once.</summary>
    public async ValueTask<Exclusive> EnterAsync()
    {
        await AcquireExclusiveAsync();
        return new Exclusive(this);
    }

    public void ReleaseShared()
    {
        Invariant.Require(_sharers > 0, "a share is released once");
        _sharers--;
        Admit();
    }

    public void ReleaseExclusive()
    {
        Invariant.Require(_exclusive, "the exclusive right is released once");
        _exclusive = false;
        Admit();
    }

    private ValueTask WaitAsync(bool exclusive)
    {
        var waiter = new Waiter(exclusive);
        _line.Enqueue(waiter);
        return new ValueTask(waiter.Task);
    }

    private void Admit()
    {
        while (!_exclusive && _line.TryPeek(out Waiter? next) && (!next.Exclusive || _sharers == 0))
        {
            _line.Dequeue();
            if (next.Exclusive)
            {
                _exclusive = true;
            }
            else
            {
                _sharers++;
            }

            next.SetResult();
        }
    }

    /// <summary>A place among the sharers, until it is disposed. <c>default</c> is none.</summary>
    public readonly struct Share(SharedLock owner) : IDisposable
    {
        public void Dispose() => owner?.ReleaseShared();
    }

    /// <summary>The right to be alone, until it is disposed.</summary>
    public readonly struct Exclusive(SharedLock owner) : IDisposable
    {
        public void Dispose() => owner.ReleaseExclusive();
    }

    private sealed class Waiter(bool exclusive) : TaskCompletionSource
    {
        public bool Exclusive { get; } = exclusive;
    }
}
