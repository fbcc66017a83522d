using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Guided;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>explore --guided</c>: goes on from what led to new states.</summary>
internal sealed class GuidedExploration(Terminal terminal)
{
    private const int FailuresShown = 5;

    /// <summary>Which runs, and how many.</summary>
    public required CampaignOptions Campaign { get; init; }

    /// <summary>The folder that it begins with and goes on to fill; null for none.</summary>
    public string? Corpus { get; init; }

    /// <summary>One JSON document instead of lines.</summary>
    public required bool IsJson { get; init; }

    public ExitCode Run()
    {
        IReadOnlyList<Scenario> kept = [];
        string? problem = null;
        try
        {
            kept = Corpus is null ? [] : Guided.Corpus.Read(Corpus, Campaign.Profile.Mode, out problem);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problem = refused.Message;
        }

        if (problem is not null)
        {
            return terminal.Refuse($"--corpus: {problem}");
        }

        var campaign = new GuidedCampaign(Campaign, Corpus, kept);
        var refusal = RunInBackground(campaign);
        if (refusal is not null)
        {
            terminal.Refuse($"what was found cannot be written: {refusal}");
        }

        GuidedSnapshot snapshot = campaign.Snapshot();
        if (IsJson)
        {
            terminal.Out.WriteLine(GuidedJson.Of(snapshot));
        }
        else
        {
            WriteSummary(snapshot);
        }

        return snapshot.Sums.HarnessFailed > 0 ? ExitCode.HarnessFailed
            : snapshot.Sums.Broken > 0 ? ExitCode.PromiseBroken
            : refusal is not null ? ExitCode.BadInput
            : ExitCode.Held;
    }

    /// <returns>Why a file could not be written; null if all could.</returns>
    private string? RunInBackground(GuidedCampaign campaign)
    {
        using var ended = new ManualResetEventSlim();
        string? refusal = null;
        var thread = new Thread(() =>
        {
            try
            {
                campaign.Run(terminal.Interrupted);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                refusal = refused.Message;
            }

            ended.Set();
        });
        thread.Start();
        if (!IsJson)
        {
            new LiveDisplay(terminal, Campaign.Seeds, () => campaign.Snapshot().Sums, ended.Wait).ShowUntilEnd();
        }

        thread.Join();
        return refusal;
    }

    private void WriteSummary(GuidedSnapshot snapshot)
    {
        foreach (var failure in snapshot.Failures.Take(FailuresShown))
        {
            FailureReport.Write(
                terminal.Out, failure.Name, failure.Result, failure.ReplayCommand ?? "none: its scenario was not kept", failure.BundleFolder);
            terminal.Out.WriteLine();
        }

        if (snapshot.Failures.Count > FailuresShown)
        {
            terminal.Out.WriteLine($"also failed: {string.Join(", ", snapshot.Failures.Skip(FailuresShown).Select(failure => failure.Name))}");
        }

        foreach (var (label, text) in CampaignLines.Of(snapshot.Sums, Campaign.Seeds))
        {
            terminal.Out.WriteLine(label switch
            {
                "seeds" => $"{"runs",-12} {text}",
                "states" => $"{label,-12} {CampaignLines.Reached(snapshot.Sums.Coverage)}",
                _ => $"{label,-12} {text}",
            });
        }

        terminal.Out.WriteLine($"{"guided",-12} {snapshot.Mutants:N0} runs of mutants; {snapshot.Corpus:N0} scenarios that reached new states to go on from");
        terminal.Out.WriteLine($"{snapshot.Sums.Passed} passed, {snapshot.Sums.Broken + snapshot.Sums.HarnessFailed} failed");
    }
}
