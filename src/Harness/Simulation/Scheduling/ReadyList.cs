namespace Raid5Verify.Simulation;

/// <summary>A continuation that may run now.</summary>
internal readonly record struct Step(
    SendOrPostCallback Callback, object? State, HostLife Life, Strand Strand, long Cause);

/// <summary>The steps that may run now, oldest first; any of them can be taken.</summary>
/// <remarks>A ring: taking the oldest costs nothing, taking another moves the shorter side.</remarks>
internal sealed class ReadyList
{
    private Step[] _ring = new Step[32];
    private int _head;

    internal int Count { get; private set; }

    internal ref Step this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    internal void Add(in Step step)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        Count++;
        this[Count - 1] = step;
    }

    internal Step TakeAt(int index)
    {
        var step = this[index];
        if (index < Count / 2)
        {
            for (var i = index; i > 0; i--)
            {
                this[i] = this[i - 1];
            }

            this[0] = default;
            _head = (_head + 1) & (_ring.Length - 1);
        }
        else
        {
            for (var i = index; i < Count - 1; i++)
            {
                this[i] = this[i + 1];
            }

            this[Count - 1] = default;
        }

        Count--;
        return step;
    }

    /// <summary>Takes out all steps of one life, in order.</summary>
    internal List<Step> TakeAll(HostLife life)
    {
        var taken = new List<Step>();
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            var step = this[i];
            if (step.Life == life)
            {
                taken.Add(step);
            }
            else
            {
                this[kept++] = step;
            }
        }

        for (var i = kept; i < Count; i++)
        {
            this[i] = default;
        }

        Count = kept;
        return taken;
    }

    private void Grow()
    {
        var larger = new Step[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        _ring = larger;
        _head = 0;
    }
}
