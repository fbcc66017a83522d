using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;

namespace Raid5Verify.Cli.Certification;

/// <summary>What a process made of its seeds.</summary>
/// <param name="Hashes">A seed each, in their order; empty if it did not come so far.</param>
/// <param name="ExitCode">The process's.</param>
/// <param name="Complaint">What it wrote to its standard error.</param>
internal sealed record ChildRun(IReadOnlyList<SeedHash> Hashes, ExitCode ExitCode, string Complaint);

/// <summary>Runs this command line again, in a process of its own.</summary>
/// <param name="folder">For files in between.</param>
/// <param name="interrupted">Ends the process that runs.</param>
internal sealed class ChildProcess(string folder, CancellationToken interrupted)
{
    public ChildRun Explore(Configuration configuration, Profile profile, ulong from, long seeds)
    {
        var hashes = Path.Combine(folder, "hashes");
        File.Delete(hashes);
        var (code, complaint) = Run(
            configuration,
            [
                "explore", "--seeds", $"{seeds}", "--from", $"{from}", "--profile", profile.Name, "--jobs", $"{configuration.Jobs}",
                "--json", "--no-db", "--shrink", "0", "--out", Path.Combine(folder, "failures"), "--hashes", hashes, .. StrategyOf(configuration),
            ]);
        return new ChildRun(File.Exists(hashes) ? HashFile.Read(hashes) : [], code, complaint);
    }

    /// <summary>Writes every event of a seed to a file.</summary>
    public void Trace(Configuration configuration, Profile profile, ulong seed, string file) =>
        Run(configuration, ["replay", $"{seed}", "--profile", profile.Name, "--trace", file, .. StrategyOf(configuration)]);

    private static string[] StrategyOf(Configuration configuration) =>
        Spelled.Of(configuration.Strategy) is { } strategy ? ["--strategy", strategy] : [];

    private (ExitCode Code, string Complaint) Run(Configuration configuration, IReadOnlyList<string> arguments)
    {
        var ended = DotnetProcess.Run(
            ["exec", configuration.Build.Program, .. arguments], configuration.Jit.Environment, Timeout.InfiniteTimeSpan, interrupted);
        return ((ExitCode)ended.ExitCode, ended.Complaint);
    }
}
