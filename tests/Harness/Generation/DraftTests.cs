using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Generation;

public sealed class DraftTests
{
    private const int KiB = 1024;

    /// <summary>64 KiB, of which files may have half.</summary>
    private readonly Draft _draft = new(
        new Dice(1, "draft"), new ClusterShape { Servers = 3, Block = new ByteSize(512), Chunk = 1, Rows = 64 }, Workload.Ordinary);

    [Fact]
    public void A_file_that_a_dying_client_may_bring_back_still_takes_its_room()
    {
        Follow(new Create { Path = "/a" }, new Write { Path = "/a", Length = new ByteSize(31 * KiB) }, new Fsync { Path = "/" });

        Follow(new Unlink { Path = "/a" });
        Assert.InRange(LongestWrite(), 1, KiB);

        // Each of these commits may be the one in which the client dies; of all three it cannot be.
        Follow(new Fsync { Path = "/" }, new Fsync { Path = "/missing" }, new Fsync { Path = "/" });
        Assert.InRange(LongestWrite(), 1, KiB);
        Follow(new Fsync { Path = "/" });
        Assert.InRange(LongestWrite(), 4 * KiB, 32 * KiB);
    }

    [Fact]
    public void What_is_written_after_a_file_was_deleted_comes_on_top_of_it()
    {
        Follow(
            new Create { Path = "/a" },
            new Write { Path = "/a", Length = new ByteSize(16 * KiB) },
            new Fsync { Path = "/" },
            new Unlink { Path = "/a" },
            new Create { Path = "/b" },
            new Write { Path = "/b", Length = new ByteSize(14 * KiB) });

        Assert.InRange(LongestWrite(), 1, KiB);
    }

    private long LongestWrite() => Enumerable.Range(0, 200).Max(_ => _draft.Length().Bytes);

    private void Follow(params Step[] steps) => Array.ForEach(steps, _draft.Follow);
}
