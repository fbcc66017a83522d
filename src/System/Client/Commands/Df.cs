using System.Globalization;
using Raid5Fs.Client.Arguments;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>df</c>: what is free.</summary>
internal sealed class Df() : FileCommand("df", "", "Shows how much space and how many inodes are free")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        Result<FileSystemStatistics> found = await on.OnFilesAsync(files => files.GetStatisticsAsync());
        if (!found.IsOk)
        {
            return on.End(found.Error, "the file system");
        }

        FileSystemStatistics space = found.Value;
        on.Terminal.Say(space, to =>
        {
            long used = space.Blocks - space.FreeBlocks;
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"space   {UnitText.OfBytes(space.Blocks * space.BlockSize)}, {UnitText.OfBytes(used * space.BlockSize)} used, {UnitText.OfBytes(space.FreeBlocks * space.BlockSize)} free"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"blocks  {space.Blocks} of {space.BlockSize} bytes, {used} used, {space.FreeBlocks} free"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"inodes  {space.Inodes}, {space.Inodes - space.FreeInodes} used, {space.FreeInodes} free"));
        });
        return ExitCode.Done;
    }
}
