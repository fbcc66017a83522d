using System.Text;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.Reports;

/// <summary>A campaign for GitHub Actions: a step summary as Markdown, and an annotation a failure.</summary>
internal static class GitHubReport
{
    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    /// <summary>GitHub shows no more of one step.</summary>
    private const int MaxAnnotations = 10;

    /// <summary>Opens the file of the step's summary, to append to it.</summary>
    public static bool TryOpen(out FileStream? file, out string? problem)
    {
        var path = Environment.GetEnvironmentVariable(SummaryVariable);
        file = null;
        problem = null;
        try
        {
            if (string.IsNullOrEmpty(path))
            {
                problem = $"{SummaryVariable} is not set: it names the file for the summary";
            }
            else
            {
                file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be written: {refused.Message}";
        }

        return problem is null;
    }

    /// <param name="summary">Markdown is appended to it. Is closed.</param>
    /// <param name="output">Where GitHub looks for annotations.</param>
    /// <param name="options">What was run.</param>
    /// <param name="campaign">What it came to.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Stream summary, TextWriter output, CampaignOptions options, CampaignSnapshot campaign)
    {
        var failures = campaign.Failures.OrderBy(failure => failure.Seed).ToList();
        foreach (var failure in failures.Take(MaxAnnotations))
        {
            output.WriteLine(
                $"::error title={Property($"seed {failure.Seed}, profile {options.Profile}")}::{Message(FailureReport.Of(failure))}");
        }

        using var writer = new StreamWriter(summary) { NewLine = "\n" };
        writer.WriteLine($"### explore, profile {options.Profile}{(options.Shard.IsWhole ? "" : $", shard {options.Shard}")}");
        writer.WriteLine();
        writer.WriteLine($"**{campaign.Passed} passed, {campaign.Broken + campaign.HarnessFailed} failed**");
        writer.WriteLine();
        writer.WriteLine("| | |");
        writer.WriteLine("|---|---|");
        foreach (var (label, text) in CampaignLines.Of(campaign, campaign.SeedsDone).Concat(CampaignLines.OfEnd(campaign, options.Shard)))
        {
            writer.WriteLine($"| {label} | {text.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }

        foreach (var failure in failures)
        {
            writer.WriteLine();
            writer.WriteLine("```");
            writer.Write(FailureReport.Of(failure));
            writer.WriteLine("```");
        }

        writer.WriteLine();
    }

    private static string Message(string text) => new StringBuilder(text.TrimEnd('\n'))
        .Replace("%", "%25").Replace("\r", "%0D").Replace("\n", "%0A").ToString();

    private static string Property(string text) => new StringBuilder(Message(text)).Replace(":", "%3A").Replace(",", "%2C").ToString();
}
