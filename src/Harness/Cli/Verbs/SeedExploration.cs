using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.History;
using Raid5Verify.Cli.Reports;

namespace Raid5Verify.Cli.Verbs;

/*
 * Every file that is to be written is opened before the first seed runs. Where one cannot be written later on, since a disk
 * became full, the campaign ends early, in the way of Ctrl-C; what it found is on the terminal, whatever became of the files.
 */

/// <summary><c>explore</c> without <c>--exhaustive</c>: a campaign, what is known before it, and what it leaves behind.</summary>
internal sealed class SeedExploration(Terminal terminal)
{
    /// <summary>Of so many seeds that are known to fail; the rest waits until some of these hold.</summary>
    private const int MaxKnownToFail = 1000;

    private readonly List<SeedHash> _hashes = [];

    public required CampaignOptions Campaign { get; init; }

    /// <summary>Begin where the last such campaign of the database stopped.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The file that campaigns are recorded in; null for none.</summary>
    public string? Database { get; init; }

    /// <summary>The file for hashes; null for none.</summary>
    public string? Hashes { get; init; }

    /// <summary>The file for JUnit XML; null for none.</summary>
    public string? JUnit { get; init; }

    /// <summary>The file for the ledger of faults; null for none.</summary>
    public string? Ledger { get; init; }

    /// <summary>How long to make small what failed, all in all; zero for not at all.</summary>
    public required TimeSpan Shrinking { get; init; }

    /// <summary>Annotations, and the summary of a step.</summary>
    public bool IsForGitHub { get; init; }

    /// <summary>One JSON document instead of lines.</summary>
    public bool IsJson { get; init; }

    public ExitCode Run()
    {
        CampaignDatabase? database = null;
        FileStream? stepFile = null, hashFile = null, junitFile = null;
        LedgerFile? ledger = null;
        try
        {
            // What empties a file comes when nothing else can be wrong.
            var refusal = !OutputFolder.TryPrepare(Campaign.OutFolder, out var problem) ? $"--out: {problem}"
                : Ledger is not null && !LedgerFile.TryFindRoot(out _, out problem) ? $"--ledger: {problem}"
                : Database is not null && !CampaignDatabase.TryOpen(Database, out database, out problem) ? $"--db: {problem}"
                : IsForGitHub && !GitHubReport.TryOpen(out stepFile, out problem) ? $"--github: {problem}"
                : !OutputFile.TryCreate(Hashes, out hashFile, out problem) ? $"--hashes: {problem}"
                : !OutputFile.TryCreate(JUnit, out junitFile, out problem) ? $"--junit: {problem}"
                : !LedgerFile.TryCreate(Ledger, out ledger, out problem) ? $"--ledger: {problem}"
                : null;
            return refusal is null ? Run(hashFile, junitFile, ledger, stepFile, database) : terminal.Refuse(refusal);
        }
        finally
        {
            ledger?.Dispose();
            junitFile?.Dispose();
            hashFile?.Dispose();
            stepFile?.Dispose();
            database?.Dispose();
        }
    }

    private ExitCode Run(
        FileStream? hashFile, FileStream? junitFile, LedgerFile? ledger, FileStream? stepFile, CampaignDatabase? database)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(terminal.Interrupted);
        var options = Campaign;
        try
        {
            options = database is null ? options : WithWhatIsKnown(database.Past);
        }
        catch (SqliteException refused)
        {
            return terminal.Refuse($"--db: {Database} cannot be read: {CampaignDatabase.Problem(refused)}");
        }

        if (Explore(options, database, stop) is not { } campaign)
        {
            return ExitCode.BadInput;
        }

        var shrunk = campaign.IsRefused
            ? []
            : new CampaignShrinking(terminal) { IsQuiet = IsJson, Jobs = options.Jobs }.Run(campaign.Snapshot.Failures, Shrinking);
        if (IsJson)
        {
            terminal.Out.WriteLine(CampaignJson.Of(campaign.Snapshot, shrunk));
        }
        else
        {
            WriteSummary(campaign, shrunk);
        }

        var ledgerProblem = ledger?.Write(Campaign.Profile, campaign.Snapshot);
        if (ledgerProblem is not null)
        {
            terminal.Refuse($"--ledger: {ledgerProblem}");
        }

        var areWritten = ledgerProblem is null & TryWrite(hashFile, "--hashes", Hashes, file => HashFile.Write(file, _hashes, options.From))
            & TryWrite(junitFile, "--junit", JUnit, file => JUnitReport.Write(file, options, campaign.Snapshot))
            & TryWrite(stepFile, "--github", stepFile?.Name, file => GitHubReport.Write(file, terminal.Out, options, campaign.Snapshot));
        return Outcomes.ToExitCode(campaign.Snapshot.Broken, campaign.Snapshot.HarnessFailed, isRefused: !areWritten || campaign.IsRefused);
    }

    private CampaignOptions WithWhatIsKnown(PastCampaigns past)
    {
        var options = Campaign;
        if (IsResumed)
        {
            var stop = past.LastStop(options.Profile, options.Strategy, options.Shard);
            options = options with { From = stop ?? options.From };
            Say(stop is { } seed
                ? $"goes on at seed {seed}"
                : $"nothing to go on with: no campaign of profile {options.Profile} by this program, {ProgramVersion.Version}, is in {Database}");
        }

        var known = past.KnownToFail(options.Profile, options.Strategy).Where(options.Shard.Has).Take(MaxKnownToFail).ToList();
        if (known.Count > 0)
        {
            Say($"{known.Count:N0} seeds failed before, and run first");
        }

        return options with { KnownToFail = known };
    }

    /// <returns>Null if not even its beginning could be recorded: then nothing was run.</returns>
    private Ended? Explore(CampaignOptions options, CampaignDatabase? database, CancellationTokenSource stop)
    {
        using var watchdog = StuckSimulation.Watch(terminal);
        CampaignRecorder? recorder;
        try
        {
            recorder = database is null ? null : new CampaignRecorder(database, options, stop.Cancel);
        }
        catch (SqliteException refused)
        {
            terminal.Refuse($"--db: {Database} cannot be written: {CampaignDatabase.Problem(refused)}");
            return null;
        }

        using (recorder)
        {
            var campaign = new Campaign(options with
            {
                Watchdog = watchdog,
                OnSeed = seed =>
                {
                    recorder?.Add(seed);
                    if (Hashes is not null && seed.IsOfRange)
                    {
                        _hashes.Add(new SeedHash(seed.Seed, seed.Hash));
                    }
                },
            });
            var bundleProblem = BackgroundWork.Run(
                () => campaign.Run(stop.Token),
                stop,
                IsJson ? null : new LiveDisplay(terminal, () => CampaignLines.Of(campaign.Snapshot(), campaign.Planned)).ShowUntil);
            if (bundleProblem is not null)
            {
                terminal.Refuse($"--out: {bundleProblem}: stopped early");
            }

            var recordProblem = recorder?.Close();
            if (recordProblem is not null)
            {
                terminal.Refuse($"--db: {Database} cannot be written: {recordProblem}: stopped early");
            }

            var snapshot = campaign.Snapshot();
            return new Ended(snapshot, campaign.Planned)
            {
                IsRefused = bundleProblem is not null || recordProblem is not null,
                IsInterrupted = terminal.Interrupted.IsCancellationRequested
                    && snapshot.SeedsDone < (campaign.Planned ?? long.MaxValue)
                    && snapshot.Elapsed < (options.Time ?? TimeSpan.MaxValue),
            };
        }
    }

    private void WriteSummary(Ended ended, IReadOnlyList<ShrunkFailure> shrunk)
    {
        var campaign = ended.Snapshot;
        var failures = campaign.Failures.OrderBy(failure => failure.Seed).ToList();
        foreach (var failure in failures.Take(FailureReport.Shown))
        {
            FailureReport.Write(terminal.Out, failure, failure.ReplayCommand, shrunk);
            terminal.Out.WriteLine();
        }

        var failed = campaign.Broken + campaign.HarnessFailed;
        FailureReport.WriteRest(terminal.Out, "seeds", [.. failures.Select(failure => $"{failure.Seed}")], failed);
        foreach (var line in CampaignLines.Of(campaign, ended.Planned).Concat(CampaignLines.OfEnd(campaign, Campaign.Shard)))
        {
            terminal.Out.WriteLine(line);
        }

        if (ended.IsInterrupted)
        {
            terminal.Out.WriteLine(Database is null ? "interrupted" : $"interrupted: {ToResume()} goes on at seed {campaign.Next}");
        }

        terminal.Out.WriteLine($"{campaign.Passed} passed, {failed} failed");
    }

    /// <summary>What to type to go on with a campaign that was interrupted.</summary>
    private string ToResume() =>
        $"explore --resume --profile {Campaign.Profile}"
        + (Campaign.Strategy is { } strategy ? $" --strategy {Spelled.Of(strategy)}" : "")
        + (Campaign.Shard.IsWhole ? "" : $" --shard {Campaign.Shard}")
        + $" --db {Database}";

    private bool TryWrite(FileStream? file, string option, string? path, Action<FileStream> write)
    {
        try
        {
            if (file is not null)
            {
                write(file);
            }

            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            terminal.Refuse($"{option}: {path} cannot be written: {refused.Message}");
            return false;
        }
    }

    private void Say(string line)
    {
        if (!IsJson)
        {
            terminal.Out.WriteLine(line);
        }
    }

    /// <param name="Snapshot">What it came to.</param>
    /// <param name="Planned">Seeds there were to be; null where only time ended it.</param>
    private sealed record Ended(CampaignSnapshot Snapshot, long? Planned)
    {
        /// <summary>It ended early, as something could not be written.</summary>
        public bool IsRefused { get; init; }

        /// <summary>It ended early, as the user asked for it.</summary>
        public bool IsInterrupted { get; init; }
    }
}
