using Raid5Verify.Cli.Certification;

namespace Raid5Verify.Cli.Reports;

/// <summary>A certificate as a table, a line a process.</summary>
internal static class CertificateLines
{
    public static string Header { get; } = Line("strategy", "build", "jobs", "JIT", "seeds", "hash", "time");

    public static string Of(CertificateRow row) =>
        Line(
            Strategy(row.Configuration),
            row.Configuration.Build.Name,
            $"{row.Configuration.Jobs}",
            row.Configuration.Jit.Name,
            $"{row.Run.Hashes.Count:N0}",
            $"{row.Hash:x16}",
            $"{row.Elapsed.TotalSeconds:N1} s")
        + (row.FirstDifference is { } seed ? $"   DIFFERS from seed {seed} on" : "");

    /// <summary>A configuration in words.</summary>
    public static string Named(Configuration configuration) =>
        $"{configuration.Build.Name}, {configuration.Jobs} {(configuration.Jobs == 1 ? "job" : "jobs")}, JIT {configuration.Jit.Name}";

    private static string Strategy(Configuration configuration) => Spelled.Of(configuration.Strategy) ?? "in turn";

    private static string Line(string strategy, string build, string jobs, string jit, string seeds, string hash, string time) =>
        $"{strategy,-12} {build,-10} {jobs,4}  {jit,-10} {seeds,7}  {hash,-16} {time,9}";
}
