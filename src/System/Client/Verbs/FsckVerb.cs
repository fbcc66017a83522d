using System.CommandLine;
using Raid5Fs.Client.Connection;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>fsck</c>: checks the structure of the file system, and repairs it.</summary>
internal static class FsckVerb
{
    public static Command Create(VerbFrame frame)
    {
        var repair = new Option<bool>("--repair") { Description = "Also repair what can be repaired" };
        var verb = new Command("fsck", "Checks the structure of the file system, which nobody has mounted meanwhile. Exit code 1 if anything is wrong at the end.") { repair };
        verb.SetAction(async (parsed, _) => frame.End(await frame.WithArrayAsync(
            parsed,
            frame.Terminal(parsed).Error,
            array => parsed.GetValue(repair) ? RepairAsync(array, frame.Terminal(parsed)) : CheckAsync(array, frame.Terminal(parsed)))));
        return verb;
    }

    private static async Task<ExitCode> CheckAsync(OwnedArray array, Terminal terminal)
    {
        FsckReport report = await array.Session.RunAsync(() => Fsck.CheckAsync(array.Session.Array));
        terminal.Say(
            new
            {
                report.IsClean,
                report.Files,
                report.Directories,
                report.UsedBlocks,
                report.Orphans,
                Findings = report.Findings.Select(static finding => finding.ToString()),
            },
            to => to.WriteLine(report.ToString()));
        return report.IsClean ? ExitCode.Done : terminal.Refuse(Errno.EUCLEAN, $"{report.Findings.Count} findings; --repair repairs what can be repaired");
    }

    private static async Task<ExitCode> RepairAsync(OwnedArray array, Terminal terminal)
    {
        FsckRepairReport report = await array.Session.RunAsync(() => Fsck.RepairAsync(array.Session.Array, TimeProvider.System));
        terminal.Say(
            new
            {
                report.IsClean,
                Repairs = report.Repairs.Select(static repair => repair.ToString()),
                Left = report.Left.Select(static repair => repair.ToString()),
            },
            to => to.WriteLine(report.ToString()));
        return report.IsClean ? ExitCode.Done
            : terminal.Refuse(report.Error == Errno.OK ? Errno.EUCLEAN : report.Error, "not all of it could be repaired");
    }
}
