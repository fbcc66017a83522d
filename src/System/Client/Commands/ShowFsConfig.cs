using Raid5Fs.FileSystem;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Commands;

/// <summary><c>showfsconfig</c>: how the file system and its array are laid out.</summary>
internal sealed class ShowFsConfig() : FileCommand("showfsconfig", "", "Shows how the file system and the array below it are laid out")
{
    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        VolumeMap map = on.Volume.Files.Map;
        Raid5Array array = on.Array.Session.Array;
        int servers = on.Array.Session.Channels.Members.Count;
        on.Terminal.Say(
            new { Array = array.Id.ToString(), Servers = servers, array.Rows, array.BlockCount, on.Volume.Files.Label, Map = map },
            to =>
            {
                Line("array", array.Id.ToString());
                Line("servers", $"{servers}");
                Line("rows", $"{array.Rows}, {array.BlockCount} blocks of data");
                Line("label", on.Volume.Files.Label.Length == 0 ? "none" : on.Volume.Files.Label);
                Line("block size", $"{map.BlockSize} bytes");
                Line("blocks", $"{map.Blocks}");
                Line("inodes", $"{map.Inodes} of {map.InodeSize} bytes");
                Line("superblock", "block 0");
                Line("inode bitmap", $"from block {map.InodeBitmap}");
                Line("block bitmap", $"from block {map.BlockBitmap}");
                Line("inode table", $"from block {map.InodeTable}");
                Line("data", $"from block {map.Data}");
                Line("longest name", $"{map.MaxNameLength} bytes");
                Line("largest file", $"{map.MaxFileSize} bytes");

                void Line(string name, string value) => to.WriteLine($"{name,-13} {value}");
            });
        return Task.FromResult(ExitCode.Done);
    }
}
