using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>A block of an epoch that is not yet committed.</summary>
/// <param name="Slot">Where its bytes lie.</param>
/// <param name="Checksum">Of its content.</param>
/// <param name="Sequence">The client's, which orders the contents of one block; 0 once it is sealed.</param>
internal readonly record struct EpochBlock(uint Slot, Checksum Checksum, ulong Sequence);

/// <summary>The blocks that one epoch wrote on this member, open or sealed.</summary>
internal sealed class EpochBlocks(Epoch epoch)
{
    private readonly Dictionary<Row, EpochBlock> _blocks = [];

    public Epoch Epoch { get; } = epoch;

    public int Count => _blocks.Count;

    public bool TryGet(Row row, out EpochBlock block) => _blocks.TryGetValue(row, out block);

    /// <summary>Puts a block in the place of the one that the row had, if any.</summary>
    public void Put(Row row, EpochBlock block) => _blocks[row] = block;

    public IReadOnlyCollection<EpochBlock> All => _blocks.Values;

    /// <summary>By ascending row.</summary>
    public List<(Row Row, EpochBlock Block)> Sorted()
    {
        List<(Row Row, EpochBlock Block)> sorted = [.. _blocks.Select(pair => (pair.Key, pair.Value))];
        sorted.Sort(static (left, right) => left.Row.CompareTo(right.Row));
        return sorted;
    }

    public EpochDigest Digest()
    {
        var digest = new EpochDigest();
        foreach ((Row row, EpochBlock block) in _blocks)
        {
            digest.Add(row, block.Checksum);
        }

        return digest;
    }
}
