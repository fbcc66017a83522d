namespace Raid5Verify.Simulation;

/// <summary>
/// The future: events by due time, then by order of arrival. A binary heap whose items know their place, so that a
/// cancelled timer leaves at once instead of lingering until it is due.
/// </summary>
internal sealed class EventQueue
{
    private TimedEvent[] _heap = new TimedEvent[64];
    private long _nextOrder;

    internal int Count { get; private set; }

    /// <summary>The due time of the first event; only while <see cref="Count"/> &gt; 0.</summary>
    internal long NextDueNs => _heap[0].DueNs;

    internal void Add(TimedEvent item, long dueNs)
    {
        item.DueNs = dueNs;
        item.Order = _nextOrder++;
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        item.HeapIndex = Count;
        _heap[Count++] = item;
        SiftUp(item.HeapIndex);
    }

    internal TimedEvent Take()
    {
        var first = _heap[0];
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
        _heap[Count] = null!;
        if (last != item)
        {
            _heap[index] = last;
            last.HeapIndex = index;
            SiftUp(index);
            SiftDown(last.HeapIndex);
        }
    }

    private static bool Before(TimedEvent left, TimedEvent right) =>
        left.DueNs != right.DueNs ? left.DueNs < right.DueNs : left.Order < right.Order;

    private void SiftUp(int index)
    {
        var item = _heap[index];
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!Before(item, _heap[parent]))
            {
                break;
            }

            _heap[index] = _heap[parent];
            _heap[index].HeapIndex = index;
            index = parent;
        }

        _heap[index] = item;
        item.HeapIndex = index;
    }

    private void SiftDown(int index)
    {
        var item = _heap[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && Before(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Before(_heap[child], item))
            {
                break;
            }

            _heap[index] = _heap[child];
            _heap[index].HeapIndex = index;
            index = child;
        }

        _heap[index] = item;
        item.HeapIndex = index;
    }
}
