using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.History;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Exhaustive;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>explore --exhaustive</c>: enumerates the points, then runs them.</summary>
internal sealed class ExhaustiveExploration(Terminal terminal)
{
    private const int NamesShown = 200;
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(10);

    /// <summary>After which no further point is begun; null for the whole space. The enumeration is part of it.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>How the points are run.</summary>
    public required PointSweepOptions Sweep { get; init; }

    /// <summary>The file that campaigns are recorded in; null for none.</summary>
    public string? Database { get; init; }

    /// <summary>One JSON document instead of lines.</summary>
    public required bool IsJson { get; init; }

    /// <summary>Which part of the space.</summary>
    public PointSpaceOptions Space { get; init; } = new();

    public ExitCode Run()
    {
        if (!OutputFolder.TryPrepare(Sweep.OutFolder, out var problem))
        {
            return terminal.Refuse($"--out: {problem}");
        }

        return CampaignRecord.Keep(terminal, Database, Run);
    }

    /// <exception cref="SqliteException">Not even its beginning could be recorded: no point was run.</exception>
    private ExitCode Run(CampaignDatabase? database)
    {
        using var watchdog = StuckSimulation.Watch(terminal);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(terminal.Interrupted);
        if (Time is { } time)
        {
            end.CancelAfter(time);
        }

        if (Enumerate(watchdog, end) is not { } space)
        {
            terminal.Out.WriteLine(IsJson ? PointJson.OfNothing() : "0 points covered: the time was over before they were counted");
            return ExitCode.Held;
        }

        var recorder = database is null ? null : new FoundRecorder(database, database.Begin(Sweep, Time), end.Cancel);
        var sweep = new PointSweep(space, Sweep with
        {
            Watchdog = watchdog,
            OnFailure = failure => recorder?.Add(FoundRun.Of(failure)),
        });
        var refusal = BackgroundWork.Run(() => sweep.Run(end.Token), end, Showing(() => PointLines.Progress(sweep.Snapshot())));
        if (refusal is not null)
        {
            terminal.Refuse($"--out: {refusal}: stopped early");
        }

        var snapshot = sweep.Snapshot();
        var recordProblem = recorder?.Close(snapshot.Covered, isWhole: snapshot.Covered == snapshot.Points);
        if (recordProblem is not null)
        {
            terminal.Refuse($"--db: {Database} cannot be written: {recordProblem}: stopped early");
        }

        if (IsJson)
        {
            terminal.Out.WriteLine(PointJson.Of(space, snapshot));
        }
        else
        {
            WriteSummary(space, snapshot);
        }

        return Outcomes.ToExitCode(snapshot.Broken, snapshot.HarnessFailed, isRefused: refusal is not null || recordProblem is not null);
    }

    private PointSpace? Enumerate(Watchdog watchdog, CancellationTokenSource end)
    {
        var began = Stopwatch.GetTimestamp();
        PointSpace? space = null;
        long done = 0;
        long stories = 0;
        BackgroundWork.Run(
            () => space = PointSpace.Enumerate(
                Space with { Jobs = Sweep.Jobs, Watchdog = watchdog },
                (of, all) => (done, stories) = (of, all),
                end.Token),
            end,
            Showing(() => $"{done:N0} of {stories:N0} stories enumerated"));
        if (space is not null && !IsJson)
        {
            terminal.Out.WriteLine(
                $"{space.Stories:N0} stories with a fault or none, {space.CrashPoints:N0} crash points in them, {space.Count:N0} points, "
                + $"enumerated in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s");
        }

        return space;
    }

    /// <summary>A line about it now and then.</summary>
    private Action<Func<TimeSpan, bool>>? Showing(Func<string> progress) => IsJson ? null : hasEnded =>
    {
        while (!hasEnded(Line))
        {
            terminal.Out.WriteLine(progress());
        }
    };

    private void WriteSummary(PointSpace space, PointSnapshot snapshot)
    {
        var failures = snapshot.Failures.OrderBy(static failure => failure.Point.ToString(), StringComparer.Ordinal).ToList();
        foreach (var failure in failures.Take(FailureReport.Shown))
        {
            FailureReport.Write(terminal.Out, failure.Point, failure.Result, failure.BundleFolder);
            terminal.Out.WriteLine();
        }

        foreach (var failure in failures.Skip(FailureReport.Shown).Take(NamesShown))
        {
            terminal.Out.WriteLine($"also failed: {failure.Point}");
        }

        if (snapshot.Broken + snapshot.HarnessFailed > FailureReport.Shown + NamesShown)
        {
            terminal.Out.WriteLine($"and {snapshot.Broken + snapshot.HarnessFailed - FailureReport.Shown - NamesShown:N0} more");
        }

        foreach (var line in PointLines.Table(snapshot))
        {
            terminal.Out.WriteLine(line);
        }

        terminal.Out.WriteLine(
            $"{space.Stories:N0} stories with a fault or none passed {space.CrashPoints:N0} crash points; {snapshot.BeyondBudget:N0} points went beyond one bad unit a row");
        terminal.Out.WriteLine($"hash sum {snapshot.HashSum:x16}: the sums of all shards add up to the whole's, modulo 2^64");
        terminal.Out.WriteLine(PointLines.Progress(snapshot));
        terminal.Out.WriteLine($"{snapshot.Covered} of {snapshot.Points} points{OfShard(space)} covered");
    }

    private string OfShard(PointSpace space) => Sweep.Shard.IsWhole ? "" : $" of shard {Sweep.Shard} of {space.Count}";
}
