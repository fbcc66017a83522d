using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Cli.Verbs;

/// <summary>What <c>explore</c> does with what failed, when its runs are done: makes it small.</summary>
internal sealed class CampaignShrinking(Terminal terminal)
{
    /// <summary>Says nothing of how far it is.</summary>
    public bool IsQuiet { get; init; }

    public required int Jobs { get; init; }

    /// <param name="failures">What the campaign found.</param>
    /// <param name="time">How long in all; zero for not at all.</param>
    /// <returns>What was made small, for the report: less than there is if a bundle cannot be written, of which one line is said.</returns>
    public IReadOnlyList<ShrunkFailure> Run(IReadOnlyList<FoundFailure> failures, TimeSpan time)
    {
        if (failures.Count == 0 || time == TimeSpan.Zero || terminal.Interrupted.IsCancellationRequested)
        {
            return [];
        }

        using var watchdog = StuckSimulation.Watch(terminal);
        var line = new ProgressLine(terminal, IsQuiet);
        List<ShrunkFailure> shrunk = [];
        try
        {
            var each = FailureShrinking.Run(
                failures,
                new ShrinkOptions { Time = time, Jobs = Jobs, Watchdog = watchdog },
                (failure, now) => line.Show($"{failure.Name}: {now.Size} steps left after {now.Runs:N0} runs, {now.Elapsed.TotalSeconds:N1} s"),
                terminal.Interrupted);
            foreach (var failure in each)
            {
                shrunk.Add(failure);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            terminal.Refuse($"--out: {refused.Message}");
        }
        finally
        {
            line.Clear();
        }

        return shrunk;
    }
}
