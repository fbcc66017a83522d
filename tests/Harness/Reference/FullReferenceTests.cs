using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Tests.Reference;

/// <summary>When the reference is full, and what it does not know about that.</summary>
public sealed class FullReferenceTests
{
    private const int Block = 128;

    private static readonly ReferenceSpace Space = new(Blocks: 40, Inodes: 6, PointersPerBlock: 4, InlineTarget: 10);

    private readonly ReferenceFileSystem _files =
        new(new ReferenceLimits(60, 1 << 20, 100, 100, Block, Block) { Space = Space });

    /// <summary>Twelve blocks without pointers, then 4 below one block, 16 below two levels, 64 below three.</summary>
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(11, 1, 1)]
    [InlineData(12, 1, 2)]
    [InlineData(12, 4, 5)]
    [InlineData(15, 2, 5)]
    [InlineData(16, 4, 6)]
    [InlineData(31, 2, 7)]
    [InlineData(32, 1, 4)]
    [InlineData(0, 17, 20)]
    public void A_file_takes_the_blocks_of_its_content_and_those_that_lead_there(long first, int blocks, long taken)
    {
        InodeNumber file = Make("f");
        long before = Free();
        Assert.Equal(blocks * Block, _files.Write(file, first * Block, new byte[blocks * Block]).Value);
        Assert.Equal(taken, before - Free());
        Assert.Equal(Errno.OK, _files.Truncate(file, 0));
        Assert.Equal(before, Free());
    }

    [Fact]
    public void Pointers_stay_until_all_that_is_below_them_is_given_back_together()
    {
        InodeNumber file = Make("f");
        long before = Free();
        _files.Write(file, 12 * Block, new byte[4 * Block]);
        _files.PunchHole(file, 12 * Block, 2 * Block);
        _files.PunchHole(file, 14 * Block, 2 * Block);
        Assert.Equal(1, before - Free());
        _files.PunchHole(file, 11 * Block, 5 * Block);
        Assert.Equal(before, Free());
    }

    [Fact]
    public void A_write_goes_as_far_as_there_is_space_and_the_next_is_refused()
    {
        InodeNumber file = Make("f");
        _files.Write(file, 0, new byte[11 * Block]);
        Fill(Make("filler"), leave: 3);

        // One that is there already, one more, then a block of pointers with one.
        Assert.Equal(3 * Block - 5, _files.Write(file, (10 * Block) + 5, new byte[9 * Block]).Value);
        Assert.Equal(0, Free());
        Assert.Equal(Errno.ENOSPC, _files.Write(file, 13 * Block, new byte[1]).Error);
        Assert.Equal(1, _files.Write(file, 12 * Block, new byte[1]).Value);
        Assert.Equal(Errno.ENOSPC, _files.Allocate(file, 12 * Block, Block + 1));
        Assert.Equal(Errno.OK, _files.Allocate(file, 12 * Block, Block));
    }

    [Fact]
    public void Names_links_and_attributes_need_space_only_where_there_is_no_block_for_them()
    {
        InodeNumber file = Make("f");
        InodeNumber directory = _files.MakeDirectory(_files.Root, new FileName("d")).Value.Inode;
        Fill(file, leave: 0);
        Assert.Equal(Errno.ENOSPC, _files.Create(directory, new FileName("first")).Error);
        Assert.Equal(Errno.ENOSPC, _files.Link(file, directory, new FileName("first")).Error);
        Assert.Equal(Errno.ENOSPC, _files.Rename(_files.Root, new FileName("f"), directory, new FileName("first")));
        Assert.Equal(Errno.ENOSPC, _files.SetExtendedAttribute(file, "user.a", [1], AttributeMode.Set));
        Assert.Equal(Errno.ENOSPC, _files.MakeSymbolicLink(_files.Root, new FileName("l"), "a long target"u8).Error);
        Assert.True(_files.MakeSymbolicLink(_files.Root, new FileName("l"), "short"u8).IsOk);
        Assert.True(_files.Link(file, _files.Root, new FileName("g")).IsOk);
        Assert.Equal(Errno.OK, _files.Rename(_files.Root, new FileName("g"), _files.Root, new FileName("h")));
    }

    [Fact]
    public void Inodes_run_out_and_one_that_is_open_counts_until_it_is_closed()
    {
        for (int i = 0; i < 5; i++)
        {
            Make($"{i}");
        }

        InodeNumber open = _files.Lookup(_files.Root, new FileName("0")).Value.Inode;
        Assert.Equal(Errno.OK, _files.Open(open));
        Assert.Equal(Errno.OK, _files.Unlink(_files.Root, new FileName("0")));
        Assert.Equal(Errno.ENOSPC, _files.Create(_files.Root, new FileName("new")).Error);
        _files.Close(open);
        Assert.True(_files.Create(_files.Root, new FileName("new")).IsOk);
    }

    [Fact]
    public void How_entries_that_once_needed_two_blocks_are_divided_is_known_only_within_bounds()
    {
        for (int i = 0; i < 3; i++)
        {
            Make(new string((char)('a' + i), 40));
        }

        Assert.False(_files.FreeBlocks.IsExact);
        Assert.Equal(Space.Blocks - 2, _files.FreeBlocks.Most);
        _files.Unlink(_files.Root, new FileName(new string('a', 40)));
        Assert.Equal(Space.Blocks - 1, _files.FreeBlocks.Most);
        _files.Unlink(_files.Root, new FileName(new string('b', 40)));
        Assert.False(_files.FreeBlocks.IsExact);
        _files.Unlink(_files.Root, new FileName(new string('c', 40)));
        Assert.Equal(Space.Blocks, Free());
    }

    private InodeNumber Make(string name) => _files.Create(_files.Root, new FileName(name)).Value.Inode;

    private long Free()
    {
        Assert.True(_files.FreeBlocks.IsExact);
        return _files.FreeBlocks.Least;
    }

    /// <summary>Gives a file blocks in the part that takes no pointers, and behind a hole, until so many are left.</summary>
    private void Fill(InodeNumber file, long leave)
    {
        for (long at = 12; Free() > leave + 12; at++)
        {
            _files.Write(file, at * Block, new byte[1]);
        }

        for (long at = 0; Free() > leave; at++)
        {
            _files.Write(file, at * Block, new byte[1]);
        }

        Assert.Equal(leave, Free());
    }
}
