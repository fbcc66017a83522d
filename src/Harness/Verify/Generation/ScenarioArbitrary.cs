using FsCheck;
using FsCheck.Fluent;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Generation;

/// <summary>Scenarios for FsCheck: the harness's own generator and shrinker.</summary>
public static class ScenarioArbitrary
{
    /// <summary>Scenarios that seeds mean in a profile.</summary>
    public static Arbitrary<Scenario> Of(Profile profile) =>
        Of(Seeds, seed => ScenarioGenerator.ForSeed(seed, profile));

    /// <summary>Scenarios drawn from seeds in one's own way.</summary>
    public static Arbitrary<Scenario> Of(Gen<ulong> seeds, Func<ulong, Scenario> draw) =>
        Arb.From(seeds.Select(draw), ScenarioShrinker.Shrink);

    /// <summary>Seeds that FsCheck chooses.</summary>
    public static Gen<ulong> Seeds => Gen.Choose(1, int.MaxValue).Select(seed => (ulong)seed);
}
