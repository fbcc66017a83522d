using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Specs;

/// <summary>
/// A promise as a property over seeds. RAID5VERIFY_CASES sets how many cases each has, RAID5VERIFY_SEED runs one
/// seed only.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromiseAttribute : PropertyAttribute
{
    /// <param name="cases">Cases where the environment does not say otherwise.</param>
    public PromiseAttribute(int cases)
    {
        Cases = cases;
        MaxTest = Spec.Seed is not null ? 1 : Spec.Cases ?? cases;
        QuietOnSuccess = true;
    }

    public int Cases { get; }
}

/// <summary>What the specs have in common: seeds from the environment or from FsCheck, and what a failure prints.</summary>
internal static class Spec
{
    internal static int? Cases { get; } =
        Environment.GetEnvironmentVariable("RAID5VERIFY_CASES") is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int cases) && cases > 0 ? cases
        : throw new InvalidOperationException($"RAID5VERIFY_CASES is no number from 1: '{text}'");

    internal static ulong? Seed { get; } =
        Environment.GetEnvironmentVariable("RAID5VERIFY_SEED") is { Length: > 0 } text
            ? ScalarFormat.ParseSeed(text) ?? throw new InvalidOperationException($"RAID5VERIFY_SEED is no seed: '{text}'")
            : null;

    /// <summary>Scenarios of a profile hold. What fails is shrunk, saved as YAML, and told how to be replayed.</summary>
    internal static Property Holds(
        Profile profile,
        Func<Scenario, Scenario>? change = null,
        [CallerMemberName] string name = "",
        [CallerFilePath] string file = "")
    {
        change ??= static scenario => scenario;
        Arbitrary<Scenario> scenarios = ScenarioArbitrary.Of(
            Seeds, seed => change(ScenarioGenerator.ForSeed(seed, profile)));
        return Prop.ForAll(scenarios, scenario => Check(scenario, name, file));
    }

    /// <summary>A property of seeds that says itself what went wrong.</summary>
    internal static Property ForAllSeeds(Action<ulong> check, [CallerMemberName] string name = "") =>
        Prop.ForAll(Arb.From(Seeds), seed =>
        {
            try
            {
                check(seed);
            }
            catch (Exception thrown) when (thrown is Xunit.Sdk.XunitException or SimulationException)
            {
                throw new InvalidOperationException($"{thrown.Message}\nreplay: {TestCommand(seed, name)}", thrown);
            }
        });

    private static Gen<ulong> Seeds =>
        Seed is { } seed ? Gen.Constant(seed) : ScenarioArbitrary.Seeds;

    private static bool Check(Scenario scenario, string name, string file)
    {
        RunResult result = ScenarioRunner.Run(scenario);
        if (result.Outcome == RunOutcome.Held)
        {
            return true;
        }

        // FsCheck shrinks on: the file that is written last is the smallest scenario.
        string root = Path.GetDirectoryName(Path.GetDirectoryName(file))!;
        string saved = Path.Combine("artifacts", "failures", name, "scenario.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, saved))!);
        File.WriteAllText(Path.Combine(root, saved), ScenarioYaml.Write(scenario));
        throw new InvalidOperationException(
            $"{(object?)result.Violation ?? result.Failure}\nreplay: {ReplayCommand.For(saved)}\n"
            + $"    or: {TestCommand(scenario.Seed, name)}");
    }

    private static string TestCommand(ulong seed, string name) =>
        $"RAID5VERIFY_SEED={seed} dotnet test specs --filter {name}";
}
