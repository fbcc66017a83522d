using Raid5Verify.Campaigns;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <summary>
/// What is kept of a point that failed: a folder with <c>trace.jsonl</c>, every event of the run, and <c>about.txt</c>, what
/// failed, under which versions, and how to see it again.
/// </summary>
public static class PointBundle
{
    /// <summary>Runs a point.</summary>
    public static PointResult Run(ExhaustivePoint point, Watchdog? watchdog = null) =>
        PointRun.Run(DisksOf(point), point, trace: null, watchdog);

    /// <summary>Runs a point and writes every event of it to a file, as JSON Lines.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static PointResult Trace(ExhaustivePoint point, string file, Watchdog? watchdog = null) =>
        Trace(DisksOf(point), point, file, watchdog);

    internal static BlockDisks DisksOf(ExhaustivePoint point) => BlockDisks.Make(point.Members, point.IsLogFull);

    internal static string Write(string folder, BlockDisks disks, ExhaustivePoint point, PointResult result, Watchdog? watchdog)
    {
        string bundle = Path.Combine(folder, $"point-{point}".Replace('/', '_').Replace(':', '-'));
        Directory.CreateDirectory(bundle);
        PointResult traced = Trace(disks, point, Path.Combine(bundle, "trace.jsonl"), watchdog);
        string isSame = traced.Hash == result.Hash ? string.Empty : $"\nThe second run was another: hash {traced.Hash:x16}.";
        File.WriteAllText(
            Path.Combine(bundle, "about.txt"),
            $"""
            point {point}
            {(object?)result.Violation ?? result.Failure}
            hash {result.Hash:x16}{isSame}
            replay: {ReplayCommand.For(point)}
            {BundleProgram.Current.Describe()}

            """);
        return bundle;
    }

    private static PointResult Trace(BlockDisks disks, ExhaustivePoint point, string file, Watchdog? watchdog)
    {
        using var output = new FileStream(file, FileMode.Create);
        using var trace = new JsonLinesTrace(output);
        return PointRun.Run(disks, point, trace, watchdog);
    }
}
