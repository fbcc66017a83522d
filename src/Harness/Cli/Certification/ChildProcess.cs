using System.Diagnostics;
using System.Text;
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
    /// <summary>The path of <c>dotnet</c>, where it says so to what it starts.</summary>
    private const string HostVariable = "DOTNET_HOST_PATH";

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
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable(HostVariable) ?? "dotnet", ["exec", configuration.Build.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in configuration.Jit.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var ended = interrupted.Register(() => process.Kill(entireProcessTree: true));

        // Both are read while it runs: a full pipe would stop it. To wait for its exit is to wait for the last line, too.
        var complaint = new StringBuilder();
        process.ErrorDataReceived += (_, line) => complaint.AppendLine(line.Data);
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return ((ExitCode)process.ExitCode, complaint.ToString());
    }
}
