using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>save</c>: all blocks of the array, as a file of this machine.</summary>
internal sealed class SaveImage() : FileCommand("save", "FILE", "Saves an image of the file system: the blocks of the array, one after another")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        Errno error = await on.SyncAsync();
        if (error != Errno.OK)
        {
            return on.End(error, "the changes");
        }

        var array = on.Array.Session.Array;
        using var progress = new ProgressLine(on.Terminal);
        await using FileStream image = File.Create(given[0]);
        byte[] piece = new byte[ImagePieces.Blocks(array.BlockSize) * array.BlockSize];
        foreach (BlockAddress first in ImagePieces.Of(array.BlockSize, array.BlockCount))
        {
            Memory<byte> blocks = piece.AsMemory(0, (int)Math.Min(piece.Length, (array.BlockCount - first.Value) * array.BlockSize));
            error = await on.Volume.RunAsync(() => array.ReadAsync(first, blocks));
            if (error != Errno.OK)
            {
                return on.End(error, $"{first}");
            }

            // Zeros are holes: an image takes no more space than what is in it.
            if (blocks.Span.ContainsAnyExcept((byte)0))
            {
                image.Position = first.Value * array.BlockSize;
                await image.WriteAsync(blocks);
            }

            progress.Show(new WorkProgress("save", first.Value, array.BlockCount));
        }

        image.SetLength(array.BlockCount * array.BlockSize);
        return ExitCode.Done;
    }
}
