using YamlDotNet.Core;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>The text is YAML but no scenario. Never leaves <see cref="ScenarioYaml"/>.</summary>
internal sealed class MisfitException(Mark start, string message) : Exception(message)
{
    public Mark Start { get; } = start;
}
