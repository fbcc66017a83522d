using System.Globalization;

namespace Raid5Verify.Campaigns;

/// <summary>
/// One part of a campaign that is split with no coordinator: together the shards of a count have everything, and no two of
/// them have the same.
/// </summary>
/// <remarks>
/// Of each <see cref="Count"/> seeds in a row, counted from seed 0, a shard has one. Which shard has a seed depends on the seed
/// alone, and not on where a campaign begins or goes on. It is not always the one at the same place of the row: strategies
/// take turns by seed, and each shard is to have as much of all of them.
/// </remarks>
public sealed record Shard
{
    /// <summary>The most shards that anything can be split into.</summary>
    public const int MaxCount = 1000;

    /// <param name="index">Which, from 1.</param>
    /// <param name="count">Of how many, at most <see cref="MaxCount"/>.</param>
    public Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        (Index, Count) = (index, count);
    }

    /// <summary>The only shard of something that is not split.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>From 1 to <see cref="Count"/>.</summary>
    public int Index { get; }

    /// <summary>1 for what is not split.</summary>
    public int Count { get; }

    public bool IsWhole => Count == 1;

    /// <summary>Whether a seed is this shard's.</summary>
    public bool Has(ulong seed)
    {
        ulong count = (ulong)Count;
        return ((seed % count) + (TurnOf(seed / count) % count)) % count == (ulong)(Index - 1);
    }

    /// <summary>The first seed from <paramref name="seed"/> on that is this shard's; after the largest seed comes 0.</summary>
    public ulong FirstFrom(ulong seed)
    {
        while (!Has(seed))
        {
            seed = unchecked(seed + 1);
        }

        return seed;
    }

    /// <summary>How many of <paramref name="seeds"/> seeds from <paramref name="from"/> on are this shard's.</summary>
    public long CountOf(ulong from, long seeds)
    {
        ulong left = (ulong)seeds;
        ulong untilWrap = unchecked(0 - from);
        return untilWrap != 0 && left > untilWrap
            ? CountWithoutWrap(from, untilWrap) + CountWithoutWrap(0, left - untilWrap)
            : CountWithoutWrap(from, left);
    }

    /// <summary>How many of <paramref name="whole"/> numbered things are this shard's.</summary>
    public long CountOf(long whole) => (whole - Index + Count) / Count;

    /// <summary>The number, from 0, of this shard's thing <paramref name="ordinal"/>, from 0, among all numbered things.</summary>
    public long NumberOf(long ordinal) => (ordinal * Count) + Index - 1;

    /// <summary>As the command line spells it: <c>2/4</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>By how much a row is turned: after no rule that the strategies follow too (Knuth's multiplicative hash).</summary>
    private static ulong TurnOf(ulong row) => unchecked(row * 0x9E3779B97F4A7C15) >> 32;

    private long CountWithoutWrap(ulong from, ulong seeds)
    {
        ulong count = (ulong)Count;
        long mine = 0;
        ulong next = from;
        ulong left = seeds;
        for (; left > 0 && next % count != 0; next++, left--)
        {
            mine += Has(next) ? 1 : 0;
        }

        mine += (long)(left / count);
        next = unchecked(next + (left / count * count));
        for (left %= count; left > 0; next = unchecked(next + 1), left--)
        {
            mine += Has(next) ? 1 : 0;
        }

        return mine;
    }
}
