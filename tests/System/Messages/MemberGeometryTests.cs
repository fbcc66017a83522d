using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Tests.Messages;

public sealed class MemberGeometryTests
{
    [Theory]
    [InlineData(0, 2, 512, 16, 32, "3 to 32 members")]
    [InlineData(0, 33, 512, 16, 32, "3 to 32 members")]
    [InlineData(3, 3, 512, 16, 32, "member 3 does not exist")]
    [InlineData(-1, 3, 512, 16, 32, "member -1 does not exist")]
    [InlineData(0, 3, 500, 16, 32, "power of two")]
    [InlineData(0, 3, 64, 16, 32, "power of two")]
    [InlineData(0, 3, 131072, 16, 32, "power of two")]
    [InlineData(0, 3, 512, 0, 32, "chunk")]
    [InlineData(0, 3, 512, 65537, 65537, "chunk")]
    [InlineData(0, 3, 512, 16, 33, "whole chunks")]
    [InlineData(0, 3, 512, 16, 0, "whole chunks")]
    [InlineData(0, 3, 512, 16, (1L << 30) + 16, "whole chunks")]
    public void An_impossible_one_says_why(int member, int members, int blockSize, int chunk, long rows, string why)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new MemberGeometry(new ArrayId(1, 2), new MemberIndex(member), members, blockSize, chunk, rows));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 128, 1, 1)]
    [InlineData(32, 65536, 65536, 1L << 30)]
    public void The_smallest_and_the_largest_are_possible(int members, int blockSize, int chunk, long rows)
    {
        var geometry = new MemberGeometry(new ArrayId(1, 2), new MemberIndex(0), members, blockSize, chunk, rows);
        Assert.Equal(new MemberIndex(members - 1), geometry.At(new MemberIndex(members - 1)).Member);
    }
}
