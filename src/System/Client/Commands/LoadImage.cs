using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>load</c>: a saved image, in place of all that is there.</summary>
internal sealed class LoadImage() : FileCommand("load", "FILE", "Loads an image that save made, in place of all that is there; the array must be of the same size")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        var array = on.Array.Session.Array;
        await using FileStream image = File.OpenRead(given[0]);
        long size = array.BlockCount * array.BlockSize;
        if (image.Length != size)
        {
            return on.Terminal.Refuse(Errno.EINVAL, $"{given[0]}: it has {image.Length} bytes, the array {size}");
        }

        using var progress = new ProgressLine(on.Terminal);
        byte[] piece = new byte[ImagePieces.Blocks(array.BlockSize) * array.BlockSize];
        Errno error = await on.WithoutMountAsync(async () =>
        {
            foreach (BlockAddress first in ImagePieces.Of(array.BlockSize, array.BlockCount))
            {
                Memory<byte> blocks = piece.AsMemory(0, (int)Math.Min(piece.Length, size - (first.Value * array.BlockSize)));
                await image.ReadExactlyAsync(blocks);
                Errno written = await on.Array.Session.RunAsync(async () =>
                {
                    Errno error = await array.WriteAsync(first, blocks);
                    return error == Errno.OK ? await array.CommitAsync() : error;
                });
                if (written != Errno.OK)
                {
                    return written;
                }

                progress.Show(new WorkProgress("load", first.Value, array.BlockCount));
            }

            return Errno.OK;
        });
        on.Directory = "/";
        return on.End(error, given[0]);
    }
}
