using System.CommandLine;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Experiment;
using Raid5Fs.Client.Local;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>experiment</c>: how evenly files load the servers, against a single server without RAID.</summary>
internal static class ExperimentVerb
{
    public static Command Create(VerbFrame frame)
    {
        var blockSizes = new Option<string>("--block-sizes")
        {
            Description = "Bytes a block, one array each",
            HelpName = "LIST",
            DefaultValueFactory = static _ => "4KiB,64KiB",
        };
        var fileSizes = new Option<string>("--file-sizes")
        {
            Description = "Bytes of the file that is written and read back",
            HelpName = "LIST",
            DefaultValueFactory = static _ => "1MiB,64MiB",
        };
        var picture = new Option<string>("--svg")
        {
            Description = "Where the picture goes",
            HelpName = "FILE",
            DefaultValueFactory = static _ => "experiment.svg",
        };
        var verb = new Command(
            "experiment",
            "Writes a file to a new cluster of --servers on this machine, by default 5, and reads it back: requests to each server, against a single one.")
        {
            blockSizes, fileSizes, picture,
        };
        verb.SetAction(async (parsed, _) => frame.End(await RunAsync(
            frame, parsed, parsed.GetValue(blockSizes)!, parsed.GetValue(fileSizes)!, parsed.GetValue(picture)!)));
        return verb;
    }

    private static async Task<ExitCode> RunAsync(VerbFrame frame, ParseResult parsed, string blockSizes, string fileSizes, string picture)
    {
        Terminal terminal = frame.Terminal(parsed);
        int servers = frame.Connection.ServerCount(parsed) ?? 5;
        if (servers is < MemberGeometry.MinMembers or > MemberGeometry.MaxMembers)
        {
            return terminal.RefuseUsage($"an array has {MemberGeometry.MinMembers} to {MemberGeometry.MaxMembers} servers, not {servers}");
        }

        if (Sizes("--block-sizes", blockSizes, out string? complaint) is not { } blocks || Sizes("--file-sizes", fileSizes, out complaint) is not { } files)
        {
            return terminal.RefuseUsage(complaint!);
        }

        if (ServerProgram.Find() is not { } program)
        {
            return terminal.Refuse(Errno.ENOENT, $"{ServerProgram.Name} is neither beside this program nor built");
        }

        var measured = new List<LoadMeasurement>();
        foreach (long blockSize in blocks)
        {
            if (MemberGeometry.MaxBlockSize < blockSize)
            {
                return terminal.RefuseUsage($"--block-sizes {blockSize}: a block has up to {MemberGeometry.MaxBlockSize} bytes");
            }

            ExitCode ended = await LoadExperiment.RunAsync(
                program,
                (int)blockSize,
                files,
                servers,
                addresses => frame.Connection.Read(parsed, addresses, out _)!,
                terminal,
                measured.Add);
            if (ended != ExitCode.Done)
            {
                return ended;
            }
        }

        await File.WriteAllTextAsync(picture, LoadPicture.Svg(measured));
        terminal.Say(measured, to =>
        {
            LoadTable.Write(to, measured);
            to.WriteLine($"picture: {picture}");
        });
        return ExitCode.Done;
    }

    private static long[]? Sizes(string option, string list, out string? complaint)
    {
        var sizes = new List<long>();
        foreach (string word in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!UnitText.TryBytes(word, out long size) || size is < 1 or > 1L << 40)
            {
                complaint = $"{option} '{word}' is not a number of bytes, such as 64KiB";
                return null;
            }

            sizes.Add(size);
        }

        complaint = null;
        return [.. sizes];
    }
}
