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

    /// <summary>Whether somebody is inside alone.</summary>
    public bool IsExclusive { get; private set; }

    /// <summary>Joins the sharers; the caller disposes the result exactly once.</summary>
    public async ValueTask<Share> EnterSharedAsync()
    {
        if (IsExclusive || _line.Count > 0)
        {
            await WaitAsync(exclusive: false);
        }
        else
        {
            _sharers++;
        }

        return new Share(this);
    }

    /// <summary>Joins the sharers if that needs no wait; the caller then disposes the share exactly once.</summary>
    public bool TryEnterShared(out Share share)
    {
        bool entered = !IsExclusive && _line.Count == 0;
        _sharers += entered ? 1 : 0;
        share = entered ? new Share(this) : default;
        return entered;
    }

    /// <summary>Waits until nobody else is inside; the caller disposes the result exactly once.</summary>
    public async ValueTask<Exclusive> EnterAsync()
    {
        if (IsExclusive || _sharers > 0 || _line.Count > 0)
        {
            await WaitAsync(exclusive: true);
        }
        else
        {
            IsExclusive = true;
        }

        return new Exclusive(this);
    }

    private void ReleaseShared()
    {
        Invariant.Require(_sharers > 0, "a share is released once");
        _sharers--;
        Admit();
    }

    private void ReleaseExclusive()
    {
        Invariant.Require(IsExclusive, "the exclusive right is released once");
        IsExclusive = false;
        Admit();
    }

    private Task WaitAsync(bool exclusive)
    {
        var waiter = new Waiter(exclusive);
        _line.Enqueue(waiter);
        return waiter.Task;
    }

    private void Admit()
    {
        while (!IsExclusive && _line.TryPeek(out Waiter? next) && (!next.Exclusive || _sharers == 0))
        {
            _line.Dequeue();
            if (next.Exclusive)
            {
                IsExclusive = true;
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
