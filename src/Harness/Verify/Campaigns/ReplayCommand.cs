using Raid5Verify.Exhaustive;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>What to type to see a run again.</summary>
public static class ReplayCommand
{
    private const string Tool = "dotnet run -c Release --project src/Harness/Cli --";

    /// <param name="seed">The seed.</param>
    /// <param name="profile">The profile it was drawn from.</param>
    /// <param name="strategy">Null: the one whose turn it is.</param>
    public static string For(ulong seed, Profile profile, StrategyKind? strategy = null)
    {
        string chosen = strategy is { } kind ? $" --strategy {KebabCase.Of(kind.ToString())}" : string.Empty;
        return $"{Tool} replay {seed} --profile {profile}{chosen}";
    }

    /// <param name="point">A point of the exhaustive space.</param>
    public static string For(ExhaustivePoint point) => $"{Tool} replay --point {point}";

    /// <param name="path">A scenario file, or a failure bundle.</param>
    public static string For(string path) => $"{Tool} replay {path}";

    /// <summary>What to type to have a failure shrunk.</summary>
    /// <param name="bundle">Its bundle.</param>
    public static string ToShrink(string bundle) => $"{Tool} shrink {bundle}";
}
