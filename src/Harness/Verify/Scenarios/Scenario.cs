namespace Raid5Verify.Scenarios;

/*
 * The one value at the centre of the harness: everything that a run depends on.
 *
 * It has three sources (a YAML file, an FsCheck generator, a seed) and one runner, and every counterexample is saved
 * as one. Two runs of equal scenarios are equal, bit for bit. Nothing else in the harness describes a run.
 *
 * A run goes through its parts one after the other:
 *
 *     setup     what there is before the story begins; nothing is wrong yet
 *     steps     the story, in which faults strike
 *     (heal)    all faults end; every client that can has recovered, every member comes into sync
 *     verify    what must be so afterwards
 *     (close)   what every run demands in the end, and what this one expects
 */

/// <summary>A cluster, what is done to it, and what must come of it.</summary>
public sealed record Scenario
{
    /// <summary>A few words; the failure bundle's folder is called after it.</summary>
    public required string Name { get; init; }

    /// <summary>The story in a sentence or two, for people.</summary>
    public string About { get; init; } = string.Empty;

    /// <summary>The array under test.</summary>
    public ClusterShape Cluster { get; init; } = new();

    /// <summary>How the run is simulated, and how far faults may go.</summary>
    public ScenarioOptions Options { get; init; } = new();

    /// <summary>Decides every draw made at run time: schedule, latencies, losses, which bit flips.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Done before the story begins. No fault may be among it.</summary>
    [WithoutFaults]
    public IReadOnlyList<Step> Setup { get; init; } = [];

    /// <summary>The story.</summary>
    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Done when all faults have ended, and every member is in sync again. No fault may be among it.</summary>
    [WithoutFaults]
    public IReadOnlyList<Step> Verify { get; init; } = [];

    /// <summary>Checked in the end, when all faults have ended and every member is in sync.</summary>
    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    /// <summary>The steps of all parts, in the order in which they are done: a step's number is its place in this.</summary>
    internal IEnumerable<Step> AllSteps => Setup.Concat(Steps).Concat(Verify);

    /// <summary>How many steps all parts have: the scenario's size.</summary>
    internal int StepCount => Setup.Count + Steps.Count + Verify.Count;

    public bool Equals(Scenario? other) =>
        other is not null
        && Name == other.Name
        && About == other.About
        && Cluster == other.Cluster
        && Options == other.Options
        && Seed == other.Seed
        && Setup.SequenceEqual(other.Setup)
        && Steps.SequenceEqual(other.Steps)
        && Verify.SequenceEqual(other.Verify)
        && Expect.SequenceEqual(other.Expect);

    /// <summary>Its YAML form.</summary>
    public override string ToString() => Yaml.ScenarioYaml.Write(this);

    public override int GetHashCode() => HashCode.Combine(Name, Seed, Steps.Count, Cluster);
}
