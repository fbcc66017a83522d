namespace Raid5Verify.Simulation;

/// <summary>The rolling hash after every event of a run: enough to name the first event in which another run differs.</summary>
/// <remarks>8 bytes an event. Record one run with it, then compare others by <see cref="TraceComparison"/>.</remarks>
public sealed class TraceFingerprint : ITraceSink
{
    private readonly List<ulong> _hashes = [];

    public int Count => _hashes.Count;

    internal ulong this[int seq] => _hashes[seq];

    public void Record(in TraceEvent happened, ulong hash) => _hashes.Add(hash);
}

/// <summary>Compares a run, as it goes, with the fingerprint of an earlier one.</summary>
public sealed class TraceComparison(TraceFingerprint expected) : ITraceSink
{
    private int _seen;

    /// <summary>The first event that the earlier run did not have at this place; null while the runs agree.</summary>
    public TraceEvent? FirstDifference { get; private set; }

    /// <summary>Events of this run so far.</summary>
    public int Count => _seen;

    /// <summary>True if this run, now ended, is shorter than the earlier one and agreed as far as it went.</summary>
    public bool EndedEarly => FirstDifference is null && _seen < expected.Count;

    public void Record(in TraceEvent happened, ulong hash)
    {
        if (FirstDifference is null && (_seen >= expected.Count || expected[_seen] != hash))
        {
            FirstDifference = happened;
        }

        _seen++;
    }
}
