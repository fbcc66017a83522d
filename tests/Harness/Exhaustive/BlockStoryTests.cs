using Raid5Verify.Exhaustive;

namespace Raid5Verify.Tests.Exhaustive;

/// <summary>Which stories there are.</summary>
public sealed class BlockStoryTests
{
    [Fact]
    public void Of_stories_that_only_exchange_places_one_is_told()
    {
        var stories = BlockStory.All(2).Select(story => story.ToString()).ToList();

        Assert.Contains("Wa.Wa", stories);
        Assert.Contains("Wa.Wb", stories);
        Assert.Contains("Wa.Wc", stories);
        Assert.DoesNotContain("Wb.Wa", stories);
        Assert.DoesNotContain("Wc.Wa", stories);
        Assert.DoesNotContain("F1", stories);
    }

    [Fact]
    public void Where_a_server_is_refilled_every_place_is_another()
    {
        var stories = BlockStory.All(2).Select(story => story.ToString()).ToList();

        Assert.All(["M.Wa", "M.Wb", "M.Wc", "Z.F0", "Z.F1"], story => Assert.Contains(story, stories));
    }

    [Fact]
    public void Every_sequence_of_up_to_three_kinds_is_told()
    {
        var kinds = Enum.GetValues<BlockOperationKind>().Length;
        var mixes = BlockStory.All().Select(story => story.Mix).Distinct();

        Assert.Equal(kinds + (kinds * kinds) + (kinds * kinds * kinds), mixes.Count());
    }

    [Fact]
    public void A_story_is_read_as_it_is_written() =>
        Assert.All(BlockStory.All(2), story =>
        {
            Assert.True(BlockStory.TryParse(story.ToString(), out var read));
            Assert.Equal(story.Operations, read!.Operations);
        });
}
