using Raid5Verify.Campaigns;

namespace Raid5Verify.Tests.Campaigns;

/// <summary>Which seeds a campaign runs, in which order, and what their hashes come to.</summary>
public sealed class SeedQueueTests
{
    private static readonly CampaignOptions Five = new() { From = 10, Seeds = 5 };

    [Fact]
    public void What_is_known_to_fail_runs_first_and_once()
    {
        var queue = new SeedQueue(Five with { KnownToFail = [12, 3, 12] });

        Assert.Equal(6, queue.Planned);
        Assert.Equal([12UL, 3, 10, 11, 13, 14], TakeAll(queue));
    }

    [Fact]
    public void The_hashes_are_of_the_range_alone_and_in_its_order()
    {
        var plain = new SeedQueue(Five);
        EndAll(plain, TakeAll(plain));
        var known = new SeedQueue(Five with { KnownToFail = [13, 99] });
        EndAll(known, TakeAll(known));
        var backwards = new SeedQueue(Five);
        EndAll(backwards, TakeAll(backwards).Reverse());

        Assert.Equal((plain.Combined, plain.Sum, 15UL), (known.Combined, known.Sum, known.Next));
        Assert.Equal((plain.Combined, plain.Sum, 15UL), (backwards.Combined, backwards.Sum, backwards.Next));
        var other = new SeedQueue(Five);
        TakeAll(other).ToList().ForEach(seed => other.End(seed, hash: 1));
        Assert.NotEqual((plain.Combined, plain.Sum), (other.Combined, other.Sum));
    }

    [Fact]
    public void The_sums_of_the_shards_add_up_to_the_sum_of_the_whole()
    {
        var whole = new SeedQueue(Five with { Seeds = 100 });
        EndAll(whole, TakeAll(whole));

        ulong sum = 0;
        List<ulong> seeds = [];
        foreach (int index in (int[])[1, 2, 3])
        {
            var shard = new SeedQueue(Five with { Seeds = 100, Shard = new Shard(index, 3), KnownToFail = [50, 1000, 1001, 1002] });
            ulong[] taken = TakeAll(shard);
            Assert.Equal(shard.Planned, taken.Length);
            EndAll(shard, taken);
            seeds.AddRange(taken);
            sum = unchecked(sum + shard.Sum);
        }

        Assert.Equal(whole.Sum, sum);
        Assert.Equal(Enumerable.Range(10, 100).Concat([1000, 1001, 1002]).Select(seed => (ulong)seed), seeds.Order());
    }

    [Fact]
    public void A_campaign_goes_on_before_the_first_seed_that_has_not_ended()
    {
        var queue = new SeedQueue(Five);
        TakeAll(queue);

        queue.End(10, 1);
        queue.End(12, 1);
        Assert.Equal(11UL, queue.Next);
        queue.End(11, 1);
        Assert.Equal(13UL, queue.Next);
    }

    [Fact]
    public void A_shard_that_goes_on_misses_nothing_and_repeats_nothing()
    {
        var shard = new Shard(2, 4);
        var first = new SeedQueue(new CampaignOptions { From = 1, Seeds = 10, Shard = shard });
        ulong[] before = TakeAll(first);
        EndAll(first, before);
        var second = new SeedQueue(new CampaignOptions { From = first.Next, Seeds = 30, Shard = shard });

        ulong[] all = [.. before, .. TakeAll(second)];
        Assert.Equal(Enumerable.Range(1, (int)all[^1]).Select(seed => (ulong)seed).Where(shard.Has), all);
    }

    [Fact]
    public void Without_an_end_the_seeds_go_on()
    {
        var queue = new SeedQueue(new CampaignOptions { From = ulong.MaxValue - 1, Seeds = null });

        Assert.Null(queue.Planned);
        Assert.Equal([ulong.MaxValue - 1, ulong.MaxValue], TakeAll(queue));
    }

    private static ulong[] TakeAll(SeedQueue queue)
    {
        List<ulong> taken = [];
        while (queue.Take() is { } seed)
        {
            taken.Add(seed);
        }

        return [.. taken];
    }

    private static void EndAll(SeedQueue queue, IEnumerable<ulong> seeds)
    {
        foreach (ulong seed in seeds)
        {
            queue.End(seed, hash: seed * 31);
        }
    }
}
