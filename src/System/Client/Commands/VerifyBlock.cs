using System.Globalization;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Commands;

/// <summary><c>verify</c>: the row of one block.</summary>
internal sealed class VerifyBlock() : FileCommand("verify", "BLOCK…", "Reads the whole row of a block, parity included, checks it, and mends what is bad")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        ExitCode worst = ExitCode.Done;
        foreach (string word in given.Words)
        {
            if (!on.TryNumber(word, "block", on.Array.Session.Array.BlockCount - 1, out long number))
            {
                return ExitCode.Usage;
            }

            Raid5Array array = on.Array.Session.Array;
            BlockPlace place = array.PlaceOf(new BlockAddress(number));
            ScrubReport report = await on.Volume.RunAsync(() => array.ScrubAsync(place.Row, atMost: 1));
            var summary = ScrubSummary.Of(report);
            on.Terminal.Say(new { Block = number, Place = BlockPlaceText.Of(place), Scrub = summary }, to =>
            {
                string verdict =
                    summary.Findings.Count > 0 ? string.Join(", ", summary.Findings.Select(static finding => $"{finding.Kind} (server {string.Join(", ", finding.Members)})"))
                    : report.UnverifiedRows > 0 ? "what is there is sound; a server is away"
                    : "sound";
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {number}: {BlockPlaceText.Of(place)}: {verdict}"));
            });
            worst = summary.IsSound ? worst : on.End(Errno.EIO, $"block {number}");
        }

        return worst;
    }
}

/// <summary>Where a block lies, in words.</summary>
internal static class BlockPlaceText
{
    public static string Of(BlockPlace place) => string.Create(
        CultureInfo.InvariantCulture, $"server {place.Member.Value}, row {place.Row.Value}, parity on server {place.Parity.Value}");
}
