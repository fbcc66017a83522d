namespace Raid5Verify.Simulation;

/// <summary>Reads, writes or flushes of a disk that will fail, whatever they ask for; the same call may succeed right after.</summary>
public sealed class FailingCalls
{
    private long _spared;

    internal FailingCalls(long count, long spared = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(spared);
        Remaining = count;
        _spared = spared;
    }

    /// <summary>Calls that will still fail.</summary>
    public long Remaining { get; private set; }

    /// <summary>Calls that have failed.</summary>
    public long Met { get; private set; }

    /// <summary>No further call fails.</summary>
    public void Disarm() => Remaining = 0;

    /// <returns>False if this call is one of those that are spared.</returns>
    internal bool TryFail()
    {
        if (_spared > 0)
        {
            _spared--;
            return false;
        }

        Remaining--;
        Met++;
        return true;
    }
}
