using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>The parts in which an image of an array is moved: each may be written in one commit.</summary>
internal static class ImagePieces
{
    private const int MostBytes = 1 << 20;
    private const int MostBlocks = 256;

    /// <summary>Blocks in a piece.</summary>
    public static int Blocks(int blockSize) => Math.Clamp(MostBytes / blockSize, 1, MostBlocks);

    /// <summary>The first block of each piece.</summary>
    public static IEnumerable<BlockAddress> Of(int blockSize, long blockCount)
    {
        for (long first = 0; first < blockCount; first += Blocks(blockSize))
        {
            yield return new BlockAddress(first);
        }
    }
}
