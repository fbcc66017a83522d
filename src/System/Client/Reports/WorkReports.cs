using System.Globalization;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Reports;

/// <summary>What a scrub found, for a person and as JSON.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="UnverifiedRows">Those of them with a unit on a server that is away.</param>
/// <param name="Findings">One each, in the order of the rows.</param>
internal sealed record ScrubSummary(long Rows, long UnverifiedRows, IReadOnlyList<ScrubFindingSummary> Findings)
{
    public static ScrubSummary Of(ScrubReport report) => new(
        report.Rows,
        report.UnverifiedRows,
        [
            .. report.Findings.Select(static finding => new ScrubFindingSummary(
                finding.Row.Value, finding.Kind.ToString(), [.. finding.Members.Select(static member => member.Value)])),
        ]);

    /// <summary>All that was found is healed.</summary>
    public bool IsSound => Findings.All(static finding => finding.Kind == nameof(ScrubFindingKind.Healed));

    public void Write(TextWriter to)
    {
        foreach (ScrubFindingSummary finding in Findings)
        {
            to.WriteLine($"row {finding.Row}: {finding.Kind}{(finding.Members.Count > 0 ? $", server {string.Join(", ", finding.Members)}" : string.Empty)}");
        }

        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rows:N0} rows, {Findings.Count} findings{(UnverifiedRows > 0 ? $", {UnverifiedRows:N0} rows not verified: a server is away" : string.Empty)}"));
    }
}

/// <param name="Row">Where.</param>
/// <param name="Kind">Of <see cref="ScrubFindingKind"/>.</param>
/// <param name="Members">Whose units.</param>
internal sealed record ScrubFindingSummary(long Row, string Kind, IReadOnlyList<int> Members);

/// <summary>What a repair of a server came to.</summary>
/// <param name="Member">Which.</param>
/// <param name="RefilledRows">Rows that were rebuilt on it since the array was opened.</param>
internal sealed record RepairSummary(int Member, long RefilledRows)
{
    public void Write(TextWriter to) => to.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"server {Member} is in sync; {RefilledRows:N0} rows were rebuilt"));
}
