using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Who may do what, for callers that ask.</summary>
public sealed class AccessTests
{
    private const AccessModes All = AccessModes.Read | AccessModes.Write | AccessModes.Execute;

    private static readonly Credentials Superuser = new(0, 0);
    private static readonly Credentials Owner = new(1000, 7);
    private static readonly Credentials Member = new(1001, 50);
    private static readonly Credentials OtherMember = new(1002, 7) { OtherGroups = [8, 50] };
    private static readonly Credentials Stranger = new(1003, 7);

    /// <summary>Of the three classes the first that fits counts, though the next would give more.</summary>
    [Theory]
    [InlineData(0b100_010_001, AccessModes.Read, AccessModes.Write, AccessModes.Execute)]
    [InlineData(0b000_111_111, AccessModes.None, All, All)]
    [InlineData(0b111_000_111, All, AccessModes.None, All)]
    [InlineData(0b110_110_000, AccessModes.Read | AccessModes.Write, AccessModes.Read | AccessModes.Write, AccessModes.None)]
    public async Task One_class_of_permissions_counts(int bits, AccessModes owners, AccessModes groups, AccessModes others)
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await GiveAsync(mounted, "/f", bits);
        for (var wanted = AccessModes.None; wanted <= All; wanted++)
        {
            Assert.Equal(owners.HasFlag(wanted), await MayAsync(mounted, "/f", Owner, wanted));
            Assert.Equal(groups.HasFlag(wanted), await MayAsync(mounted, "/f", Member, wanted));
            Assert.Equal(groups.HasFlag(wanted), await MayAsync(mounted, "/f", OtherMember, wanted));
            Assert.Equal(others.HasFlag(wanted), await MayAsync(mounted, "/f", Stranger, wanted));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0b000_000_001, true)]
    public async Task The_superuser_may_do_all_but_execute_what_nobody_may(int bits, bool executes)
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await mounted.DirectoryAsync("/d");
        await GiveAsync(mounted, "/f", bits);
        await GiveAsync(mounted, "/d", 0);
        Assert.True(await MayAsync(mounted, "/f", Superuser, AccessModes.Read | AccessModes.Write));
        Assert.Equal(executes, await MayAsync(mounted, "/f", Superuser, AccessModes.Execute));
        Assert.True(await MayAsync(mounted, "/d", Superuser, All));
    }

    [Fact]
    public async Task Who_may_not_search_a_directory_gets_nowhere_below_it()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/d/f");
        Assert.Equal(Errno.OK, (await mounted.Paths.MakeSymbolicLinkAsync("d/f", "/link")).Error);
        await GiveAsync(mounted, "/d/f", 0b111_111_111);
        await GiveAsync(mounted, "/d", 0b110_000_000);
        foreach (string path in (string[])["/d/f", "/d/../d/f", "/d/missing", "/d/.", "/link"])
            Assert.Equal(Errno.EACCES, await mounted.Paths.AccessAsync(path, Owner, AccessModes.None));
        Assert.Equal(Errno.OK, await mounted.Paths.AccessAsync("/d/", Owner, AccessModes.Read | AccessModes.Write));
        Assert.Equal(Errno.ENOENT, await mounted.Paths.AccessAsync("/d/missing", Superuser, AccessModes.None));

        await GiveAsync(mounted, "/d", 0b001_000_000);
        Assert.Equal(Errno.OK, await mounted.Paths.AccessAsync("/link", Owner, All));
        Assert.Equal(Errno.EACCES, await mounted.Paths.AccessAsync("/link", Member, AccessModes.None));
    }

    [Fact]
    public async Task What_cannot_be_wanted_is_refused()
    {
        Mounted mounted = await Mounted.NewAsync();
        Assert.Equal(Errno.EINVAL, await mounted.Paths.AccessAsync("/missing", Superuser, (AccessModes)8));
        Assert.Equal(Errno.EINVAL, await mounted.Files.AccessAsync(mounted.Files.Root, Superuser, All + 1));
    }

    [Fact]
    public async Task In_a_file_system_that_has_become_read_only_nobody_may_write()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        Assert.Equal(Errno.OK, (await mounted.Paths.MakeNodeAsync("/fifo", FileType.Fifo)).Error);
        mounted.Device.FailsCommits = true;
        Assert.Equal(Errno.EIO, await mounted.Paths.SyncAsync("/f"));
        Assert.Equal(Errno.EROFS, await mounted.Paths.AccessAsync("/f", Superuser, AccessModes.Write));
        Assert.Equal(Errno.EROFS, await mounted.Paths.AccessAsync("/", Stranger, AccessModes.Write));
        Assert.Equal(Errno.OK, await mounted.Paths.AccessAsync("/f", Superuser, AccessModes.Read));
        Assert.Equal(Errno.OK, await mounted.Paths.AccessAsync("/fifo", Superuser, AccessModes.Write));
    }

    /// <summary>To the owner, and the group of which are two.</summary>
    private static async Task GiveAsync(Mounted mounted, string path, int bits) => Assert.Equal(
        Errno.OK,
        (await mounted.Paths.SetAttributesAsync(
            path, new AttributeChange { Permissions = new Permissions((ushort)bits), Owner = new OwnerChange(Owner.User, Member.Group) })).Error);

    private static async Task<bool> MayAsync(Mounted mounted, string path, Credentials who, AccessModes wanted)
    {
        Errno error = await mounted.Paths.AccessAsync(path, who, wanted);
        Assert.True(error is Errno.OK or Errno.EACCES, $"{error}");
        return error == Errno.OK;
    }
}
