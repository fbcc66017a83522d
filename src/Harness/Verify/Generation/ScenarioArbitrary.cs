using FsCheck;
using FsCheck.Fluent;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Generation;

/// <summary>Scenarios for FsCheck: the harness's own generator and shrinker.</summary>
public static class ScenarioArbitrary
{
    public static Arbitrary<Scenario> Of(Profile profile) =>
        Arb.From(Gen.Choose(1, int.MaxValue).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, profile)), ScenarioShrinker.Shrink);
}
