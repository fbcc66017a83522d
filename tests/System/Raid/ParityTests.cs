using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

public sealed class ParityTests
{
    private const byte Garbage = 0xA5;

    /// <summary>Every size that a block can have, in bytes.</summary>
    public static TheoryData<int> BlockSizes() => [.. Enumerable.Range(7, 10).Select(bits => 1 << bits)];

    [Theory]
    [MemberData(nameof(BlockSizes))]
    public void The_sum_of_units_is_their_xor_byte_for_byte(int blockSize)
    {
        byte[][] units = RandomUnits(31, blockSize);
        for (int count = 0; count <= units.Length; count++)
        {
            SumsAsByteForByte(units[..count], blockSize);
        }
    }

    [Theory]
    [MemberData(nameof(BlockSizes))]
    public void Empty_units_stand_for_zeros_wherever_they_are(int blockSize)
    {
        var random = new Random(blockSize);
        byte[][] units = RandomUnits(31, blockSize);
        for (int count = 1; count <= units.Length; count++)
        {
            byte[][] some = [.. units[..count].Select(unit => random.Next(3) == 0 ? [] : unit)];
            SumsAsByteForByte(some, blockSize);
        }

        SumsAsByteForByte([[], units[0]], blockSize);
        SumsAsByteForByte([units[0], []], blockSize);
        SumsAsByteForByte([[], [], []], blockSize);
    }

    [Fact]
    public void Every_choice_of_empty_units_among_ten_is_summed_right()
    {
        const int blockSize = 128;
        byte[][] units = RandomUnits(10, blockSize);
        for (int filled = 0; filled < 1 << units.Length; filled++)
        {
            SumsAsByteForByte([.. units.Select((unit, i) => (filled >> i & 1) == 0 ? [] : unit)], blockSize);
        }
    }

    [Fact]
    public void A_length_that_no_vector_divides_is_summed_to_its_end()
    {
        for (int length = 0; length <= 200; length++)
        {
            byte[][] units = RandomUnits(11, length);
            for (int count = 0; count <= units.Length; count++)
            {
                SumsAsByteForByte(units[..count], length);
            }
        }
    }

    [Theory]
    [MemberData(nameof(BlockSizes))]
    public void Units_need_not_be_aligned(int blockSize)
    {
        byte[][] units = RandomUnits(5, blockSize);
        ReadOnlyMemory<byte>[] shifted = [.. units.Select((unit, i) => Shifted(unit, by: 2 * i + 1))];
        byte[] sum = new byte[blockSize + 3];

        Parity.Xor(sum.AsSpan(3), shifted);

        Assert.Equal(ByteForByte(units, blockSize), sum[3..]);
        Assert.Equal(new byte[3], sum[..3]);
    }

    [Fact]
    public void Any_unit_of_a_row_is_the_sum_of_all_others()
    {
        const int blockSize = 4096;
        byte[][] row = RandomUnits(9, blockSize);
        Parity.Xor(row[8], Memories(row[..8]));
        for (int lost = 0; lost < row.Length; lost++)
        {
            byte[] rebuilt = new byte[blockSize];
            Parity.Xor(rebuilt, Memories([.. row.Where((_, i) => i != lost)]));
            Assert.Equal(row[lost], rebuilt);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_unit_of_another_length_is_a_bug(int units)
    {
        foreach (int length in new[] { 64, 127, 129, 256 })
        {
            byte[][] row = [.. RandomUnits(units - 1, 128), new byte[length]];
            Assert.Throws<InvariantException>(() => Parity.Xor(new byte[128], Memories(row)));
        }
    }

    [Fact]
    public void A_sum_over_one_of_its_units_is_a_bug()
    {
        byte[][] row = RandomUnits(7, 128);
        foreach (byte[] unit in row)
        {
            Assert.Throws<InvariantException>(() => Parity.Xor(unit, Memories(row)));
        }
    }

    private static void SumsAsByteForByte(byte[][] units, int length)
    {
        byte[] sum = new byte[length];
        Array.Fill(sum, Garbage);

        Parity.Xor(sum, Memories(units));

        Assert.Equal(ByteForByte(units, length), sum);
    }

    private static byte[] ByteForByte(byte[][] units, int length)
    {
        byte[] sum = new byte[length];
        foreach (byte[] unit in units)
        {
            for (int i = 0; i < unit.Length; i++)
            {
                sum[i] ^= unit[i];
            }
        }

        return sum;
    }

    private static ReadOnlyMemory<byte>[] Memories(byte[][] units) =>
        [.. units.Select(unit => new ReadOnlyMemory<byte>(unit))];

    private static ReadOnlyMemory<byte> Shifted(byte[] unit, int by) =>
        new byte[by].Concat(unit).ToArray().AsMemory(by);

    private static byte[][] RandomUnits(int count, int length)
    {
        var random = new Random(length);
        byte[][] units = [.. Enumerable.Range(0, count).Select(_ => new byte[length])];
        foreach (byte[] unit in units)
        {
            random.NextBytes(unit);
        }

        return units;
    }
}
