namespace Raid5Verify.Campaigns;

/*
 * First the seeds that are known to fail, then the range, without those that ran already. The combined hash and the sum
 * are of the range alone: they do not depend on what somebody's database knows.
 */

/// <summary>The seeds of a campaign: which is next, and what the hashes of those that ended come to. Not thread-safe.</summary>
internal sealed class SeedQueue
{
    private readonly ulong _from;
    private readonly long? _seeds;
    private readonly Shard _shard;
    private readonly Queue<ulong> _known;
    private readonly HashSet<ulong> _knownToFail;
    private readonly SortedDictionary<ulong, ulong> _endedEarly = [];
    private readonly HashChain _combined = new();
    private ulong _nextToTake;

    public SeedQueue(CampaignOptions options)
    {
        (_from, _seeds, _shard) = (options.From, options.Seeds, options.Shard);
        _known = new Queue<ulong>(options.KnownToFail.Where(_shard.Has).Distinct());
        _knownToFail = [.. _known];
        _nextToTake = _shard.FirstFrom(_from);
        Next = _nextToTake;
        Planned = _seeds is { } seeds ? _shard.CountOf(_from, seeds) + _known.LongCount(seed => !IsOfRange(seed)) : null;
    }

    /// <summary>Seeds there will be; null where only time ends the campaign.</summary>
    public long? Planned { get; }

    /// <summary>The first seed of the range that has not ended; all before it have.</summary>
    public ulong Next { get; private set; }

    /// <summary>A hash over the hashes of the range in the order of its seeds, as far as <see cref="Next"/>.</summary>
    public ulong Combined => _combined.Value;

    /// <summary>The <see cref="HashSum"/> of the seeds of the range that ended.</summary>
    public ulong Sum { get; private set; }

    public bool IsKnownToFail(ulong seed) => _knownToFail.Contains(seed);

    /// <summary>Whether a seed of this shard is one of the range.</summary>
    public bool IsOfRange(ulong seed)
    {
        ulong place = unchecked(seed - _from);
        return _seeds is { } seeds ? place < (ulong)seeds : seed >= _from;
    }

    /// <summary>The next seed to run; null if there is none.</summary>
    public ulong? Take()
    {
        if (_known.TryDequeue(out ulong known))
        {
            return known;
        }

        ulong next = _nextToTake;
        while (IsOfRange(next) && _knownToFail.Contains(next))
        {
            next = After(next);
        }

        bool isThere = IsOfRange(next);
        _nextToTake = isThere ? After(next) : next;
        return isThere ? next : null;
    }

    /// <summary>A seed that was taken has ended.</summary>
    public void End(ulong seed, ulong hash)
    {
        if (!IsOfRange(seed))
        {
            return;
        }

        Sum = unchecked(Sum + HashSum.TermOf(seed, hash));
        _endedEarly.Add(seed, hash);
        while (_endedEarly.Remove(Next, out ulong ended))
        {
            _combined.Add(ended);
            Next = After(Next);
        }
    }

    private ulong After(ulong seed) => _shard.FirstFrom(unchecked(seed + 1));
}
