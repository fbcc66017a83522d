using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Raid5Fs.Primitives;

/// <summary>
/// One asynchronous lock a key: who comes first is served first, and keys do not disturb each other.
/// </summary>
/// <remarks>
/// <para>A lock that nobody holds is taken without a wait and without an allocation; a key that nobody holds
/// takes no memory.</para>
/// <para>Guards against other awaits of one executor, not against threads. Not reentrant. Whoever takes several
/// keys takes them in one agreed order, else two may wait for each other for ever.</para>
/// </remarks>
public sealed class KeyedLock<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Line> _held = [];

    /// <summary>Keys held now.</summary>
    public int Count => _held.Count;

    /// <summary>Waits until the key is free and takes it. The caller disposes the result exactly once.</summary>
    public ValueTask<Holder> AcquireAsync(TKey key)
    {
        ref Line line = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, key, out bool held);
        if (!held)
        {
            return new ValueTask<Holder>(new Holder(this, key));
        }

        var waiter = new Waiter();
        if (line.Last is null)
        {
            line.First = waiter;
        }
        else
        {
            line.Last.Next = waiter;
        }

        line.Last = waiter;
        return new ValueTask<Holder>(waiter.Task);
    }

    private void Release(TKey key)
    {
        ref Line line = ref CollectionsMarshal.GetValueRefOrNullRef(_held, key);
        Invariant.Require(!Unsafe.IsNullRef(ref line), "a lock is released once");
        if (line.First is not { } next)
        {
            _held.Remove(key);
            return;
        }

        line.First = next.Next;
        if (line.First is null)
        {
            line.Last = null;
        }

        next.SetResult(new Holder(this, key));
    }

    /// <summary>The right to a key until it is disposed. <c>default</c> holds nothing.</summary>
    public readonly struct Holder : IDisposable
    {
        private readonly KeyedLock<TKey>? _owner;
        private readonly TKey _key;

        internal Holder(KeyedLock<TKey> owner, TKey key)
        {
            _owner = owner;
            _key = key;
        }

        public void Dispose() => _owner?.Release(_key);
    }

    /// <summary>Those who wait for a held key, in the order they came.</summary>
    private struct Line
    {
        public Waiter? First;
        public Waiter? Last;
    }

    private sealed class Waiter : TaskCompletionSource<Holder>
    {
        public Waiter? Next { get; set; }
    }
}
