using System.CommandLine;
using System.Globalization;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Reports;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>mkfs</c>: a new file system on the array.</summary>
internal static class MkfsVerb
{
    public static Command Create(VerbFrame frame)
    {
        var geometry = new GeometryArguments();
        var force = new Option<bool>("--force") { Description = "Also where there is a file system already: all that is in it is lost" };
        var verb = new Command("mkfs", "Makes a new, empty file system on the array. --blocks, --block-size and --chunk, if said, must be the array's.") { force };
        geometry.Options.ToList().ForEach(verb.Options.Add);
        verb.SetAction(async (parsed, _) => frame.End(await frame.WithArrayAsync(
            parsed,
            frame.Terminal(parsed).Error,
            array => RunAsync(frame.Terminal(parsed), parsed, geometry, array, parsed.GetValue(force)))));
        return verb;
    }

    /// <summary>Makes the file system, and says so.</summary>
    public static async Task<ExitCode> FormatAsync(OwnedArray array, MkfsOptions options, Terminal terminal)
    {
        var device = array.Session.Array;
        if (Mkfs.Objection(device, options) is { } objection)
        {
            return terminal.RefuseUsage(objection);
        }

        Errno error = await array.Session.RunAsync(() => Mkfs.FormatAsync(device, options, TimeProvider.System));
        if (error != Errno.OK)
        {
            return terminal.Refuse(error, $"the file system cannot be made: {ErrnoText.Of(error)}");
        }

        terminal.Say(
            new { Array = device.Id.ToString(), device.BlockCount, device.BlockSize },
            to => to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"a file system of {device.BlockCount} blocks of {device.BlockSize} bytes is on array {device.Id}")));
        return ExitCode.Done;
    }

    private static async Task<ExitCode> RunAsync(
        Terminal terminal, ParseResult parsed, GeometryArguments geometry, OwnedArray array, bool force)
    {
        var device = array.Session.Array;
        if (geometry.BlockSize(parsed) is { } blockSize && blockSize != device.BlockSize)
        {
            return terminal.RefuseUsage($"the array has blocks of {device.BlockSize} bytes; --block-size says {blockSize}");
        }

        if (geometry.Blocks(parsed) is { } blocks && (blocks > device.BlockCount || blocks <= device.BlockCount - (array.Session.Channels.Members.Count - 1)))
        {
            return terminal.RefuseUsage($"the array has {device.BlockCount} blocks; --blocks says {blocks}");
        }

        if (!force)
        {
            Result<MountedVolume> there = await MountedVolume.MountAsync(array.Session);
            if (there.IsOk)
            {
                await there.Value.DisposeAsync();
            }

            if (there.Error != Errno.EINVAL)
            {
                return terminal.Refuse(
                    there.IsOk ? Errno.EEXIST : there.Error, "there is a file system on the array already: --force makes a new one in its place");
            }
        }

        return await FormatAsync(array, geometry.ToMkfs(parsed), terminal);
    }
}
