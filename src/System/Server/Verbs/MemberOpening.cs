using Microsoft.Extensions.Logging;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Mischief;
using Raid5Fs.Server.Serving;
using Raid5Fs.Server.Settings;
using Raid5Fs.Server.Watching;

namespace Raid5Fs.Server.Verbs;

/// <summary>From the settings to a member that can be served, or to the one line that says why not.</summary>
internal static class MemberOpening
{
    /// <returns>The member; or null and how the process ends, after the line.</returns>
    public static async Task<(OpenMember? Member, ExitCode Refused)> RunAsync(SettingValues values, Terminal terminal, ILogger log)
    {
        string path = values.Get(KnownSettings.Data, "");
        MemberGeometry? blank = null;
        if (values.Get(KnownSettings.Format, otherwise: false))
        {
            string? complaint = values.Has(KnownSettings.Array)
                ? MemberFormat.Describe(values, out blank)
                : "--array is needed with --format: the array that the blank member is for";
            if (complaint is not null)
            {
                return (null, terminal.RefuseUsage(complaint));
            }
        }

        Result<FileDisk> opened = FileDisk.OpenFolder(path);
        if (!opened.IsOk)
        {
            return (null, terminal.Refuse($"{opened.Error}", $"{path}: {MemberFormat.Describe(opened.Error)}"));
        }

        FileDisk folder = opened.Value;
        FolderInspection found = await MemberFormat.InspectAsync(folder);
        if (found.Fault == StoreFault.NotFormatted && blank is not null)
        {
            Errno error = await MemberFormat.RunAsync(folder, blank);
            if (error != Errno.OK)
            {
                await folder.DisposeAsync();
                return (null, terminal.Refuse($"{error}", $"{path}: {MemberFormat.Describe(error)}"));
            }

            log.Formatted(path, blank);
        }

        if (found.Geometry is { } geometry && MemberFormat.Difference(values, geometry) is { } difference)
        {
            await folder.DisposeAsync();
            return (null, terminal.Refuse($"{Errno.ESTALE}", $"{path}: {difference}"));
        }

        return await OpenAsync(folder, path, values, terminal, log);
    }

    private static async Task<(OpenMember? Member, ExitCode Refused)> OpenAsync(
        FileDisk folder, string path, SettingValues values, Terminal terminal, ILogger log)
    {
        CorruptingDisk? corrupting = values.Has(KnownSettings.CorruptBlock)
            ? new CorruptingDisk(folder, new Row(values.Get(KnownSettings.CorruptBlock, 0)))
            : null;
        (OpenMember? member, StoreFault fault) = await OpenMember.OpenAsync(folder, corrupting as IDisk ?? folder);
        if (member is null)
        {
            return (null, terminal.Refuse($"{fault}", $"{path}: {fault.Describe()}"));
        }

        if (corrupting is not null)
        {
            long row = values.Get(KnownSettings.CorruptBlock, 0);
            if (row >= member.Store.Geometry.Rows)
            {
                await member.DisposeAsync();
                return (null, terminal.RefuseUsage(
                    $"{values.SourceOf(KnownSettings.CorruptBlock)} '{row}': this member has rows 0 to {member.Store.Geometry.Rows - 1}"));
            }

            corrupting.Corrupt(member.Store);
            log.ToldToMisbehave($"row {row} is corrupt");
        }

        return (member, ExitCode.Done);
    }
}
