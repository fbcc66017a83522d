namespace Raid5Fs.Benchmarks;

internal static class RandomBlock
{
    /// <summary>A block of <paramref name="size"/> bytes, the same for the same seed.</summary>
    public static byte[] Of(int size, int seed)
    {
        byte[] block = new byte[size];
        new Random(seed).NextBytes(block);
        return block;
    }
}
