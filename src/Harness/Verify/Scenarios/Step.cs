using Raid5Verify.Running;

namespace Raid5Verify.Scenarios;

/// <summary>
/// One step of a scenario: a file operation, a fault, a wait or a check. Its behaviour stands on the record; its YAML
/// tag is its name.
/// </summary>
/// <remarks>A new kind is registered in <see cref="StepCatalogue"/>; a test proves that list complete.</remarks>
public abstract record Step
{
    /// <summary>What is impossible about this step in a cluster of that shape.</summary>
    internal virtual FieldProblem? FindProblem(ClusterShape cluster) => null;

    /// <summary>Whether it has to be told of what hosts do: of every act upon their disks and the network.</summary>
    internal virtual bool WatchesPoints => false;

    /// <summary>Does the step. What the system gets wrong is thrown as a violation.</summary>
    internal abstract Task ApplyAsync(ScenarioRun run);

    /// <summary>Like the YAML form on one line: <c>{ read: /diary, at: 4KiB }</c>.</summary>
    public sealed override string ToString() => Yaml.ScenarioYaml.WriteStep(this);
}
