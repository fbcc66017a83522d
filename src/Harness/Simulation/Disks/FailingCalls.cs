namespace Raid5Verify.Simulation;

/// <summary>Reads, writes or flushes of a disk that will fail, whatever they ask for; the same call may succeed right after.</summary>
public sealed class FailingCalls
{
    internal FailingCalls(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Remaining = count;
    }

    /// <summary>Calls that will still fail.</summary>
    public long Remaining { get; private set; }

    /// <summary>Calls that have failed.</summary>
    public long Met { get; private set; }

    /// <summary>No further call fails.</summary>
    public void Disarm() => Remaining = 0;

    internal void Fail()
    {
        Remaining--;
        Met++;
    }
}
