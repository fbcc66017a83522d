using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Cluster;
using Raid5Verify.Running;

namespace Raid5Verify.Tests.Running;

/// <summary>What a server said of itself, and says later.</summary>
public sealed class BrokenWordTests
{
    private const int Place = 1;

    private static readonly Epoch Fifth = Epoch.Of(2, 5);
    private static readonly Epoch Sixth = Epoch.Of(2, 6);

    [Fact]
    public void What_is_sealed_may_get_another_mask_in_a_higher_version_only()
    {
        Assert.Null(BrokenWord.Find(Place, Sealed(version: 1, mask: 0b111), Sealed(version: 2, mask: 0b011)));
        Assert.Equal(Promise.Stability, BrokenWord.Find(Place, Sealed(version: 2, mask: 0b011), Sealed(version: 1, mask: 0b111))?.Promise);
    }

    [Fact]
    public void One_that_an_epoch_does_not_count_on_is_not_complete_up_to_it()
    {
        MemberStanding committed = Standing(view: Sixth, version: 1, self: Sixth);
        Assert.Equal(Promise.Fencing, BrokenWord.Find(Place, Sealed(version: 1, mask: 0b101), committed)?.Promise);
        Assert.Null(BrokenWord.Find(Place, Sealed(version: 1, mask: 0b111), committed));
    }

    /// <summary>It sealed the same in a version that counts on it, and was not asked in between.</summary>
    [Fact]
    public void One_that_a_higher_version_counts_on_may_be_complete() => Assert.Null(
        BrokenWord.Find(Place, Sealed(version: 1, mask: 0b101), Standing(view: Sixth, version: 2, self: Sixth)));

    [Fact]
    public void Nothing_that_was_adopted_is_forgotten()
    {
        Assert.Equal(Promise.Stability, BrokenWord.Find(Place, Standing(Sixth, 0, Fifth), Standing(Fifth, 0, Fifth))?.Promise);
        Assert.Equal(Promise.AtomicCommit, BrokenWord.Find(Place, Standing(Sixth, 0, Sixth), Standing(Sixth, 0, Fifth))?.Promise);
    }

    private static MemberStanding Standing(Epoch view, uint version, Epoch self) => new()
    {
        Promised = new OwnershipClaim { Generation = 2, Client = 1 },
        View = new Decision { Epoch = view.Value, Version = version, Decided = view.Value, Mask = 0b111 },
        Self = self.Value,
    };

    private static MemberStanding Sealed(uint version, uint mask)
    {
        MemberStanding standing = Standing(Fifth, 0, Fifth);
        standing.SealedEpoch = Sixth.Value;
        standing.SealedVersion = version;
        standing.SealedMask = mask;
        return standing;
    }
}
