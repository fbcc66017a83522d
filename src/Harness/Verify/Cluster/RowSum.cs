using System.Runtime.InteropServices;

namespace Raid5Verify.Cluster;

/// <summary>Reads a block of a row.</summary>
/// <param name="server">The member whose block it is.</param>
/// <param name="block">Filled.</param>
/// <returns>False if it cannot be read.</returns>
internal delegate bool BlockReader(int server, Span<byte> block);

/// <summary>The XOR of a row's blocks, which is zero if its parity is right: the harness's own, to check the array's by.</summary>
internal sealed class RowSum(int blockSize)
{
    private readonly byte[] _sum = new byte[blockSize];

    /// <summary>The first byte that is not zero; −1 if all are.</summary>
    public int FirstOddByte => _sum.AsSpan().IndexOfAnyExcept((byte)0);

    /// <summary>Whether all blocks of a row can be read, and XOR to zero.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? FindDamage(int row, int servers, int blockSize, BlockReader read)
    {
        var sum = new RowSum(blockSize);
        byte[] block = new byte[blockSize];
        for (int server = 0; server < servers; server++)
        {
            if (!read(server, block))
            {
                return $"row {row} cannot be read on server {server}";
            }

            sum.Add(block);
        }

        return sum.FirstOddByte is var odd and >= 0 ? $"row {row} does not XOR to zero, at byte {odd}" : null;
    }

    public void Add(ReadOnlySpan<byte> block)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_sum.AsSpan());
        ReadOnlySpan<ulong> others = MemoryMarshal.Cast<byte, ulong>(block);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] ^= others[i];
        }
    }
}
