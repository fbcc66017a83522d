namespace Raid5Verify.Simulation;

/// <summary>
/// The future: events by due time, then by order of arrival. A binary heap whose items know their place, so that a
/// cancelled timer leaves at once instead of lingering until it is due.
/// </summary>
internal sealed class EventQueue
{
    private Entry[] _heap = new Entry[64];
    private long _nextOrder;

    internal int Count { get; private set; }

    /// <summary>The due time of the first event; only while <see cref="Count"/> &gt; 0.</summary>
    internal long NextDueNs => _heap[0].DueNs;

    internal void Add(TimedEvent item, long dueNs)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        SiftUp(new Entry(dueNs, _nextOrder++, item), Count++);
    }

    internal TimedEvent Take()
    {
        var first = _heap[0].Item;
        Remove(first);
        return first;
    }

    /// <summary>Takes an event out before its time; nothing happens if it is not scheduled.</summary>
    internal void Remove(TimedEvent item)
    {
        var index = item.HeapIndex;
        if (index < 0)
        {
            return;
        }

        item.HeapIndex = -1;
        var last = _heap[--Count];
        _heap[Count] = default;
        if (index < Count)
        {
            SiftUp(last, index);
            SiftDown(last, last.Item.HeapIndex);
        }
    }

    /// <summary>Moves the hole at an index up to where the entry belongs, and puts it there.</summary>
    private void SiftUp(in Entry entry, int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!entry.IsBefore(in _heap[parent]))
            {
                break;
            }

            Put(in _heap[parent], index);
            index = parent;
        }

        Put(in entry, index);
    }

    private void SiftDown(in Entry entry, int index)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].IsBefore(in _heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(in entry))
            {
                break;
            }

            Put(in _heap[child], index);
            index = child;
        }

        Put(in entry, index);
    }

    private void Put(in Entry entry, int index)
    {
        _heap[index] = entry;
        entry.Item.HeapIndex = index;
    }

    /// <summary>An event with what orders it beside it, so that comparing looks at the heap alone.</summary>
    private readonly struct Entry(long dueNs, long order, TimedEvent item)
    {
        internal readonly long DueNs = dueNs;
        internal readonly long Order = order;
        internal readonly TimedEvent Item = item;

        internal bool IsBefore(in Entry other) => DueNs != other.DueNs ? DueNs < other.DueNs : Order < other.Order;
    }
}
