using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Campaigns;

public sealed class ConformanceLedgerTests
{
    private static readonly CampaignSnapshot Campaign =
        new Campaign(new CampaignOptions { Profile = Profile.Quick, Seeds = 12, Jobs = 2, OutFolder = null }).Run();

    private static readonly Dictionary<string, string[]> Rows = ConformanceLedger.Of(SourceTree.Root, Profile.Quick, Campaign, out _)
        .Split('\n')
        .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(static line => line.Trim('|', ' ').Split(" | ").Select(static cell => cell.Trim()).ToArray())
        .ToDictionary(static cells => cells[0].Trim('`'), static cells => cells[1..]);

    [Fact]
    public void It_has_a_row_for_every_kind_of_fault() =>
        Assert.Equal(StepCatalogue.Faults.Select(kind => kind.Tag), Rows.Keys);

    [Fact]
    public void Every_kind_is_simulated_where_it_says() =>
        Assert.All(Rows.Values, cells => Assert.True(SourceTree.Exists(cells[0]), cells[0]));

    [Fact]
    public void The_seeds_that_met_a_kind_are_counted_and_the_first_is_named()
    {
        Assert.All(Campaign.FaultsMet.Where(met => met.Seeds > 0), met => Assert.Equal([$"{met.Seeds}", $"{met.First}"], Rows[met.Tag][1..3]));
        Assert.All(
            Campaign.FaultsMet.Where(met => met.Seeds == 0 && met.Tag != "swap"),
            met => Assert.Equal([ConformanceLedger.NeverMet, ""], Rows[met.Tag][1..3]));
        Assert.Equal("not drawn", Rows["swap"][1]);
    }

    /// <summary>Those that only name whole profiles draw any fault, but hold nothing to this one in particular.</summary>
    [Fact]
    public void Some_spec_draws_and_some_scenario_uses_every_kind() => Assert.All(Rows, row =>
    {
        Assert.NotEqual("none", row.Value[3]);
        Assert.NotEqual("none", row.Value[4]);
    });

    [Fact]
    public void A_spec_that_asks_for_a_kind_is_told_from_one_that_draws_any()
    {
        Assert.Contains("Promise09_Idempotence", Rows["duplicate"][3].Split(", "));
        Assert.Contains("(Promise02_NoLoss)", Rows["duplicate"][3].Split(", "));
        Assert.DoesNotContain("Promise09", Rows["bit-flip"][3], StringComparison.Ordinal);
        Assert.Contains("bit-rot-on-read", Rows["bit-flip"][4].Split(", "));
    }

    /// <summary>The campaigns of the pipeline's ledgers.</summary>
    [Fact]
    public void Every_kind_is_drawn_within_the_budget_or_for_liveness() => Assert.All(
        StepCatalogue.Faults,
        kind => Assert.True(ScenarioGenerator.MayDraw(kind, Profile.Default) || ScenarioGenerator.MayDraw(kind, Profile.Liveness), kind.Tag));

    [Fact]
    public void It_is_made_in_a_clone_only()
    {
        Assert.Equal(SourceTree.Root, ConformanceLedger.FindRoot(Path.Combine(SourceTree.Root, "specs")));
        Assert.Null(ConformanceLedger.FindRoot(Path.GetTempPath()));
    }
}
