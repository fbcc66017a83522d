using System.Net;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Serving;
using Raid5Fs.Server.Settings;

namespace Raid5Fs.Server.Verbs;

/// <summary><c>serve</c>: a member, until it is told to stop.</summary>
internal static class ServeVerb
{
    public static IReadOnlyList<Setting> Settings { get; } =
        [KnownSettings.Data, KnownSettings.Listen, KnownSettings.Format, .. KnownSettings.Geometry, KnownSettings.Config];

    public static async Task<ExitCode> RunAsync(SettingValues values, Terminal terminal)
    {
        foreach (Setting needed in (Setting[])[KnownSettings.Data, KnownSettings.Listen])
        {
            if (!values.Has(needed))
            {
                return terminal.RefuseUsage($"{needed.Option.Name} is needed");
            }
        }

        IPEndPoint endpoint = values.Get(KnownSettings.Listen, new IPEndPoint(IPAddress.None, 0));
        if (!IPAddress.IsLoopback(endpoint.Address))
        {
            return terminal.RefuseUsage($"{values.SourceOf(KnownSettings.Listen)} '{endpoint}': an address of loopback is wanted");
        }

        using var signals = new StopSignals();
        (OpenMember? opened, ExitCode refused) = await OpenAsync(values, terminal);
        if (opened is null)
        {
            return refused;
        }

        await using OpenMember member = opened;
        await using BlockServerHost host = await BlockServerHost.StartAsync(endpoint, new ExecutedService(member.Service, member.Executor));
        terminal.Out.WriteLine($"listening on {host.Address}");
        await Task.WhenAny(signals.Asked, member.Store.Halted);
        await host.StopAsync();
        return signals.Asked.IsCompleted
            ? ExitCode.Done
            : terminal.Refuse($"{Errno.EIO}", $"{values.Get(KnownSettings.Data, "")}: the disk failed; start the server anew");
    }

    private static async Task<(OpenMember? Member, ExitCode Refused)> OpenAsync(SettingValues values, Terminal terminal)
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

        Result<FileDisk> folder = FileDisk.OpenFolder(path);
        if (!folder.IsOk)
        {
            return (null, terminal.Refuse($"{folder.Error}", $"{path}: {MemberFormat.Describe(folder.Error)}"));
        }

        FolderInspection found = await MemberFormat.InspectAsync(folder.Value);
        if (found.Fault == StoreFault.NotFormatted && blank is not null)
        {
            Errno error = await MemberFormat.RunAsync(folder.Value, blank);
            if (error != Errno.OK)
            {
                await folder.Value.DisposeAsync();
                return (null, terminal.Refuse($"{error}", $"{path}: {MemberFormat.Describe(error)}"));
            }
        }

        if (found.Geometry is { } geometry && MemberFormat.Difference(values, geometry) is { } difference)
        {
            await folder.Value.DisposeAsync();
            return (null, terminal.Refuse($"{Errno.ESTALE}", $"{path}: {difference}"));
        }

        (OpenMember? member, StoreFault fault) = await OpenMember.OpenAsync(folder.Value);
        return member is null
            ? (null, terminal.Refuse($"{fault}", $"{path}: {fault.Describe()}"))
            : (member, ExitCode.Done);
    }
}
