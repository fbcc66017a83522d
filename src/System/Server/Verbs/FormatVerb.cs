using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Settings;

namespace Raid5Fs.Server.Verbs;

/// <summary><c>format</c>: a blank member, in an empty folder.</summary>
internal static class FormatVerb
{
    public static IReadOnlyList<Setting> Settings { get; } = [KnownSettings.Data, .. KnownSettings.Geometry, KnownSettings.Config];

    public static async Task<ExitCode> RunAsync(SettingValues values, Terminal terminal)
    {
        if (!values.Has(KnownSettings.Data))
        {
            return terminal.RefuseUsage("--data is needed: the folder of this member");
        }

        if (MemberFormat.Describe(values, out MemberGeometry? geometry) is { } complaint)
        {
            return terminal.RefuseUsage(complaint);
        }

        string path = values.Get(KnownSettings.Data, "");
        Result<FileDisk> opened = FileDisk.OpenFolder(path);
        if (!opened.IsOk)
        {
            return terminal.Refuse($"{opened.Error}", $"{path}: {MemberFormat.Describe(opened.Error)}");
        }

        await using FileDisk folder = opened.Value;
        Errno error = await MemberFormat.RunAsync(folder, geometry!);
        if (error != Errno.OK)
        {
            return terminal.Refuse($"{error}", $"{path}: {MemberFormat.Describe(error)}");
        }

        terminal.Out.WriteLine(geometry!.ArrayId);
        return ExitCode.Done;
    }
}
