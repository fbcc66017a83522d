using Raid5Verify.Campaigns;
using Raid5Verify.Generation;

namespace Raid5Verify.Tests.Campaigns;

/// <summary>Shards are disjoint, and together they are everything.</summary>
public sealed class ShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(Shard.MaxCount)]
    public void A_seed_belongs_to_one_shard_wherever_the_campaign_begins(int count)
    {
        List<Shard> shards = [.. Enumerable.Range(1, count).Select(index => new Shard(index, count))];

        Assert.All(SomeSeeds(), seed => Assert.Single(shards, shard => shard.Has(seed)));
        Assert.All(SomeSeeds(), seed => Assert.All(shards, shard => Assert.True(shard.Has(shard.FirstFrom(seed)))));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 1)]
    [InlineData(12, 3)]
    [InlineData(17, 1000)]
    [InlineData(ulong.MaxValue - 4, 20)]
    public void The_counts_of_shards_are_those_of_their_seeds(ulong from, long seeds)
    {
        foreach (int count in (int[])[1, 2, 3, 7, 10])
        {
            List<Shard> shards = [.. Enumerable.Range(1, count).Select(index => new Shard(index, count))];
            Assert.All(
                shards,
                shard => Assert.Equal(Range(from, seeds).LongCount(shard.Has), shard.CountOf(from, seeds)));
            Assert.Equal(seeds, shards.Sum(shard => shard.CountOf(from, seeds)));
        }
    }

    [Fact]
    public void Numbered_things_are_dealt_out_one_by_one()
    {
        const int Things = 11;
        List<long> dealt = [];
        foreach (int index in (int[])[1, 2, 3, 4])
        {
            var shard = new Shard(index, 4);
            for (long ordinal = 0; ordinal < shard.CountOf(Things); ordinal++)
            {
                dealt.Add(shard.NumberOf(ordinal));
            }
        }

        Assert.Equal(Enumerable.Range(0, Things).Select(thing => (long)thing), dealt.Order());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void Each_shard_has_seeds_of_every_strategy(int count) => Assert.All(
        Enumerable.Range(1, count).Select(index => new Shard(index, count)),
        shard => Assert.Equal(
            Strategies(_ => true),
            Strategies(shard.Has)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, Shard.MaxCount + 1)]
    public void There_is_no_such_shard(int index, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shard(index, count));

    private static IEnumerable<string> Strategies(Func<ulong, bool> has) => Range(0, 120)
        .Where(has)
        .Select(seed => ScenarioGenerator.ForSeed(seed, Profile.Quick).Options.Strategy.ToString())
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static IEnumerable<ulong> Range(ulong from, long seeds) =>
        Enumerable.Range(0, (int)seeds).Select(place => unchecked(from + (ulong)place));

    private static IEnumerable<ulong> SomeSeeds() => Range(0, 50).Concat(Range(ulong.MaxValue - 20, 21)).Concat(Range(1UL << 40, 20));
}
