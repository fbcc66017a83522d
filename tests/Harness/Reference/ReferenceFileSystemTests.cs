using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Tests.Reference;

public sealed class ReferenceFileSystemTests
{
    private readonly ReferenceFileSystem _files = new(new ReferenceLimits(8, 10_000, 3, 20, 64));

    [Fact]
    public void What_a_truncate_cuts_off_never_comes_back()
    {
        InodeNumber file = _files.Create(_files.Root, new FileName("f")).Value.Inode;
        Assert.Equal(6000, _files.Write(file, 0, Enumerable.Repeat((byte)7, 6000).ToArray()).Value);

        Assert.Equal(Errno.OK, _files.Truncate(file, 100));
        Assert.Equal(Errno.OK, _files.Truncate(file, 6000));

        byte[] bytes = new byte[6001];
        Assert.Equal(6000, _files.Read(file, 0, bytes).Value);
        Assert.All(bytes[..100], value => Assert.Equal(7, value));
        Assert.All(bytes[100..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_write_past_the_end_leaves_a_hole_of_zeros()
    {
        InodeNumber file = _files.Create(_files.Root, new FileName("f")).Value.Inode;
        Assert.Equal(1, _files.Write(file, 5000, [9]).Value);

        byte[] bytes = new byte[5001];
        Assert.Equal(5001, _files.Read(file, 0, bytes).Value);
        Assert.All(bytes[..5000], value => Assert.Equal(0, value));
        Assert.Equal(9, bytes[5000]);
    }

    [Fact]
    public void The_size_limit_ends_a_write_short_and_then_refuses_it()
    {
        InodeNumber file = _files.Create(_files.Root, new FileName("f")).Value.Inode;
        Assert.Equal(1, _files.Write(file, 9999, [1, 2, 3]).Value);
        Assert.Equal(Errno.EFBIG, _files.Write(file, 10_000, [1]).Error);
        Assert.Equal(0, _files.Write(file, 10_000, []).Value);
        Assert.Equal(Errno.EFBIG, _files.Truncate(file, 10_001));
    }

    [Fact]
    public void Names_and_links_have_the_limits_that_it_is_told()
    {
        Assert.Equal(Errno.ENAMETOOLONG, _files.Create(_files.Root, new FileName("nine-char")).Error);
        Assert.True(_files.MakeDirectory(_files.Root, new FileName("one")).IsOk);
        Assert.Equal(Errno.EMLINK, _files.MakeDirectory(_files.Root, new FileName("two")).Error);
    }

    [Fact]
    public void An_inode_that_no_entry_leads_to_is_stale()
    {
        InodeNumber file = _files.Create(_files.Root, new FileName("f")).Value.Inode;
        Assert.Equal(Errno.OK, _files.Unlink(_files.Root, new FileName("f")));

        Assert.Equal(Errno.ESTALE, _files.GetAttributes(file).Error);
        Assert.Equal(Errno.ESTALE, _files.Write(file, 0, [1]).Error);
        Assert.Equal(Errno.ESTALE, _files.Sync(file));
    }

    [Fact]
    public void A_moved_directory_takes_its_tree_along_and_its_parents_count_it()
    {
        var paths = new ReferencePaths(new ReferenceFileSystem(ReferenceLimits.Linux));
        Assert.Equal(Errno.OK, paths.MakeDirectory("/from"));
        Assert.Equal(Errno.OK, paths.MakeDirectory("/from/tree"));
        Assert.Equal(Errno.OK, paths.Create("/from/tree/leaf"));
        Assert.Equal(Errno.OK, paths.MakeDirectory("/to"));

        Assert.Equal(Errno.OK, paths.Rename("/from/tree", "/to/tree"));

        Assert.Equal(FileType.Regular, paths.Stat("/to/tree/leaf").Value.Type);
        Assert.Equal(2, paths.Stat("/from").Value.LinkCount);
        Assert.Equal(3, paths.Stat("/to").Value.LinkCount);
        Assert.Equal(paths.Stat("/to").Value.Inode, paths.Stat("/to/tree/..").Value.Inode);
    }
}
