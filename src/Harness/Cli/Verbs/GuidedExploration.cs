using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.History;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Guided;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>explore --guided</c>: goes on from what led to new states.</summary>
internal sealed class GuidedExploration(Terminal terminal)
{
    /// <summary>Which runs, and how many.</summary>
    public required CampaignOptions Campaign { get; init; }

    /// <summary>The folder that it begins with and goes on to fill; null for none.</summary>
    public string? Corpus { get; init; }

    /// <summary>The file that campaigns are recorded in; null for none.</summary>
    public string? Database { get; init; }

    /// <summary>How long to make small what failed, all in all; zero for not at all.</summary>
    public required TimeSpan Shrinking { get; init; }

    /// <summary>One JSON document instead of lines.</summary>
    public required bool IsJson { get; init; }

    public ExitCode Run()
    {
        if (!TryReadCorpus(out var kept, out var problem) || !OutputFolder.TryPrepare(Corpus, out problem))
        {
            return terminal.Refuse($"--corpus: {problem}");
        }

        if (!OutputFolder.TryPrepare(Campaign.OutFolder, out problem))
        {
            return terminal.Refuse($"--out: {problem}");
        }

        return CampaignRecord.Keep(terminal, Database, database => Run(kept, database));
    }

    /// <exception cref="SqliteException">Not even its beginning could be recorded: nothing was run.</exception>
    private ExitCode Run(IReadOnlyList<Scenario> kept, CampaignDatabase? database)
    {
        using var watchdog = StuckSimulation.Watch(terminal);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(terminal.Interrupted);
        var recorder = database is null ? null : new FoundRecorder(database, database.Begin(Campaign, isGuided: true), stop.Cancel);
        var campaign = new GuidedCampaign(Campaign with { Watchdog = watchdog }, Corpus, kept)
        {
            OnFailure = failure => recorder?.Add(FoundRun.Of(failure)),
        };
        var refusal = BackgroundWork.Run(
            () => campaign.Run(stop.Token),
            stop,
            IsJson ? null : new LiveDisplay(terminal, () => CampaignLines.Of(campaign.Snapshot(), Campaign.Seeds)).ShowUntil);
        if (refusal is not null)
        {
            terminal.Refuse($"what was found cannot be written: {refusal}: stopped early");
        }

        var snapshot = campaign.Snapshot();
        var recordProblem = recorder?.Close(snapshot.Sums.SeedsDone, isWhole: snapshot.Sums.SeedsDone == Campaign.Seeds);
        if (recordProblem is not null)
        {
            terminal.Refuse($"--db: {Database} cannot be written: {recordProblem}: stopped early");
        }

        var shrunk = refusal is not null
            ? []
            : new CampaignShrinking(terminal) { IsQuiet = IsJson, Jobs = Campaign.Jobs }.Run(snapshot.Failures, Shrinking);
        if (IsJson)
        {
            terminal.Out.WriteLine(GuidedJson.Of(snapshot, shrunk));
        }
        else
        {
            WriteSummary(snapshot, shrunk);
        }

        return Outcomes.ToExitCode(snapshot.Sums.Broken, snapshot.Sums.HarnessFailed, isRefused: refusal is not null || recordProblem is not null);
    }

    private bool TryReadCorpus(out IReadOnlyList<Scenario> kept, out string? problem)
    {
        kept = [];
        problem = null;
        try
        {
            kept = Corpus is null ? [] : Guided.Corpus.Read(Corpus, Campaign.Profile.Mode, out problem);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problem = refused.Message;
        }

        return problem is null;
    }

    private void WriteSummary(GuidedSnapshot snapshot, IReadOnlyList<ShrunkFailure> shrunk)
    {
        foreach (var failure in snapshot.Failures.Take(FailureReport.Shown))
        {
            FailureReport.Write(terminal.Out, failure, failure.ReplayCommand ?? "none: its scenario was not kept", shrunk);
            terminal.Out.WriteLine();
        }

        var failed = snapshot.Sums.Broken + snapshot.Sums.HarnessFailed;
        FailureReport.WriteRest(terminal.Out, "", [.. snapshot.Failures.Select(failure => failure.Name)], failed);
        foreach (var line in CampaignLines.Of(snapshot, Campaign.Seeds))
        {
            terminal.Out.WriteLine(line);
        }

        terminal.Out.WriteLine($"{snapshot.Sums.Passed} passed, {failed} failed");
    }
}
