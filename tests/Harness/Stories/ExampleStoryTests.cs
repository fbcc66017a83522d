using Raid5Verify.Generation;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Stories;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Stories;

/// <summary>
/// The story of each example, and of a few seeds: what changes in the system or in the harness shows here, in words, before it
/// shows anywhere else. What is kept of mutants is not among them: those are not written for people. To approve what came, move the received files over the verified ones.
/// </summary>
public sealed class ExampleStoryTests
{
    public static TheoryData<string> Files => [.. SourceTree.Scenarios.Where(file => !file.StartsWith("scenarios/mutants/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public Task Example(string file) => Verifier
        .Verify(RunStory.Tell(ScenarioYaml.Read(SourceTree.Read(file), file, SourceTree.Read).Scenario!))
        .UseDirectory("Approved")
        .UseTextForParameters(file["scenarios/".Length..^".yaml".Length].Replace('/', '-'));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Seed(int seed) => Verifier
        .Verify(RunStory.Tell(ScenarioGenerator.ForSeed((ulong)seed, Profile.Quick)))
        .UseDirectory("Approved")
        .UseTextForParameters($"{seed}");
}
