using System.Text.RegularExpressions;

namespace Raid5Verify.Cli.Scoring;

/// <summary>Which of the specs, each alone, finds a mutant: their tests are run against it.</summary>
/// <param name="build">A copy of theirs.</param>
internal sealed partial class MutantSpecs(ProgramFolder build)
{
    private const string Assembly = "Raid5Verify.Specs.dll";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();

    /// <summary>Copies the specs' build.</summary>
    /// <param name="build">Where it is.</param>
    /// <param name="folder">A new folder for the copy.</param>
    /// <param name="specs">Null if there is none.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryCopy(string build, string folder, out MutantSpecs? specs, out string? problem)
    {
        specs = null;
        problem = File.Exists(Path.Combine(build, Assembly)) ? null : $"there is no {Assembly} in {build}: build specs first";
        if (problem is null)
        {
            specs = new MutantSpecs(ProgramFolder.Copy(build, folder));
        }

        return problem is null;
    }

    /// <returns>Names of the specs that fail, in the order of their names.</returns>
    public IReadOnlyList<string> FindFailing(byte[] system, CancellationToken interrupted)
    {
        lock (_gate)
        {
            build.Plant(system);
            var ended = DotnetProcess.Run(["vstest", build.PathOf(Assembly)], [], Patience, interrupted);
            string[] failed = [.. FailedTest().Matches(ended.Output).Select(test => test.Groups["spec"].Value).Distinct().Order(StringComparer.Ordinal)];
            return
            [
                .. failed,
                .. ended.IsKilled ? ["(not all of them ended)"]
                    : ended.ExitCode != 0 && failed.Length == 0 ? [$"(they could not be run: exit code {ended.ExitCode})"]
                    : (string[])[],
            ];
        }
    }

    [GeneratedRegex(@"^\s*Failed Raid5Verify\.Specs\.(?<spec>\w+)\.", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FailedTest();
}
