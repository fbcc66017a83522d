namespace Raid5Verify.Scenarios;

/*
 * The one value at the centre of the harness: everything that a run depends on.
 *
 * It has three sources (a YAML file, an FsCheck generator, a seed) and one runner, and every counterexample is saved
 * as one. Two runs of equal scenarios are equal, bit for bit. Nothing else in the harness describes a run.
 */

/// <summary>A cluster, what is done to it, and what must come of it.</summary>
public sealed record Scenario
{
    /// <summary>A few words; the failure bundle's folder is called after it.</summary>
    public required string Name { get; init; }

    /// <summary>The story in a sentence or two, for people.</summary>
    public string About { get; init; } = string.Empty;

    public ClusterShape Cluster { get; init; } = new();

    public ScenarioOptions Options { get; init; } = new();

    /// <summary>Decides every draw made at run time: schedule, latencies, losses, which bit flips.</summary>
    public ulong Seed { get; init; } = 1;

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Checked after the last step, when all faults have ended and every member is in sync.</summary>
    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    public bool Equals(Scenario? other) =>
        other is not null
        && Name == other.Name
        && About == other.About
        && Cluster == other.Cluster
        && Options == other.Options
        && Seed == other.Seed
        && Steps.SequenceEqual(other.Steps)
        && Expect.SequenceEqual(other.Expect);

    /// <summary>Its YAML form.</summary>
    public override string ToString() => Yaml.ScenarioYaml.Write(this);

    public override int GetHashCode() => HashCode.Combine(Name, Seed, Steps.Count, Cluster);
}
