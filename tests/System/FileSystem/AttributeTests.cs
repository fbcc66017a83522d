using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Owners, permissions, times, and the nodes that are neither file nor directory.</summary>
public sealed class AttributeTests
{
    private static readonly Permissions SetIds = new(0b110_111_101_101);

    private readonly ManualClock _clock = ManualClock.OnThisThread();

    [Fact]
    public async Task What_is_made_has_the_owner_and_the_permissions_that_were_asked_for()
    {
        Mounted mounted = await Mounted.NewAsync();
        var owner = new Ownership(new Permissions(0b110_100_000), 1000, 100);
        await mounted.Paths.CreateAsync("/f", owner);
        await mounted.Paths.MakeDirectoryAsync("/d", owner);
        await mounted.Paths.MakeSymbolicLinkAsync("f", "/s", owner);
        mounted = await mounted.RemountAsync();

        Assert.Equal(owner, (await mounted.StatAsync("/f")).Owner);
        Assert.Equal(owner, (await mounted.StatAsync("/d")).Owner);
        InodeAttributes link = (await mounted.Paths.GetLinkAttributesAsync("/s")).Value;
        Assert.Equal(owner with { Permissions = Permissions.OfSymbolicLink }, link.Owner);
    }

    [Fact]
    public async Task In_a_directory_with_the_set_group_id_bit_all_belongs_to_its_group()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.DirectoryAsync("/d");
        await mounted.Paths.SetAttributesAsync("/d", new AttributeChange { Owner = new OwnerChange(null, 100) });
        await mounted.Paths.SetAttributesAsync("/d", new AttributeChange { Permissions = new Permissions(0b010_111_111_101) });
        await mounted.FileAsync("/d/f");
        await mounted.DirectoryAsync("/d/sub");
        await mounted.FileAsync("/d/sub/g");

        Assert.Equal(new Ownership(Permissions.OfFile, 0, 100), (await mounted.StatAsync("/d/f")).Owner);
        Assert.Equal(new Ownership(new Permissions(0b010_111_101_101), 0, 100), (await mounted.StatAsync("/d/sub")).Owner);
        Assert.Equal(100u, (await mounted.StatAsync("/d/sub/g")).Owner.Group);
    }

    [Fact]
    public async Task Who_is_given_a_file_does_not_get_the_rights_of_its_last_owner()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await mounted.DirectoryAsync("/d");
        foreach (string path in (string[])["/f", "/d"])
        {
            await mounted.Paths.SetAttributesAsync(path, new AttributeChange { Permissions = SetIds });
            Assert.Equal(SetIds, (await mounted.StatAsync(path)).Owner.Permissions);
            await mounted.Paths.SetAttributesAsync(path, new AttributeChange { Owner = new OwnerChange(1000, null) });
        }

        Assert.Equal(new Ownership(new Permissions(0b111_101_101), 1000), (await mounted.StatAsync("/f")).Owner);
        Assert.Equal(new Ownership(SetIds, 1000), (await mounted.StatAsync("/d")).Owner);
    }

    [Fact]
    public async Task A_set_group_id_bit_that_the_group_cannot_use_stays()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        var locking = new Permissions(0b010_110_100_100);
        await mounted.Paths.SetAttributesAsync("/f", new AttributeChange { Permissions = locking });
        await mounted.Paths.SetAttributesAsync("/f", new AttributeChange { Owner = new OwnerChange(null, null) });
        Assert.Equal(locking, (await mounted.StatAsync("/f")).Owner.Permissions);
    }

    [Fact]
    public async Task A_symbolic_link_has_an_owner_and_times_but_no_permissions_of_its_own()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.Paths.MakeSymbolicLinkAsync("nothing", "/s");
        var change = new AttributeChange
        {
            Owner = new OwnerChange(7, 8),
            AccessTime = TimeSetting.At(new Timestamp(-1)),
            ModifyTime = TimeSetting.At(new Timestamp(2)),
        };
        InodeAttributes changed = (await mounted.Paths.SetLinkAttributesAsync("/s", change)).Value;
        Assert.Equal(new Ownership(Permissions.OfSymbolicLink, 7, 8), changed.Owner);
        Assert.Equal((new Timestamp(-1), new Timestamp(2)), (changed.AccessTime, changed.ModifyTime));

        Assert.Equal(
            Errno.EOPNOTSUPP,
            (await mounted.Paths.SetLinkAttributesAsync("/s", new AttributeChange { Permissions = Permissions.OfFile })).Error);
        Assert.Equal(Errno.ENOENT, (await mounted.Paths.SetAttributesAsync("/s", change)).Error);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData("write", "/d/f", "modify change")]
    [InlineData("write nothing", "/d/f", "")]
    [InlineData("truncate", "/d/f", "modify change")]
    [InlineData("truncate to the same size", "/d/f", "")]
    [InlineData("read", "/d/f", "")]
    [InlineData("link", "/d/f", "change")]
    [InlineData("link", "/d", "modify change")]
    [InlineData("unlink one of two names", "/d/f", "change")]
    [InlineData("unlink one of two names", "/d", "modify change")]
    [InlineData("rename", "/e/f", "change")]
    [InlineData("rename", "/d", "modify change")]
    [InlineData("rename", "/e", "modify change")]
    [InlineData("rename onto itself", "/d/f", "")]
    [InlineData("rename onto itself", "/d", "")]
    [InlineData("exchange", "/d/f", "change")]
    [InlineData("exchange", "/e/x", "change")]
    [InlineData("replace one of two names", "/h", "change")]
    [InlineData("create", "/d", "modify change")]
    [InlineData("list", "/d", "")]
    [InlineData("remove a directory", "/d", "modify change")]
    [InlineData("change the permissions", "/d/f", "change")]
    [InlineData("touch", "/d/f", "access modify change")]
    public async Task Each_operation_sets_the_times_that_it_must_and_no_others(string operation, string path, string expected)
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), clock: _clock);
        PathOperations paths = mounted.Paths;
        await mounted.DirectoryAsync("/d");
        await mounted.DirectoryAsync("/d/empty");
        await mounted.DirectoryAsync("/e");
        await mounted.FileAsync("/d/f", "content");
        await mounted.FileAsync("/e/g");
        await paths.LinkAsync("/e/g", "/h");
        var before = Timestamp.Now(_clock);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Errno error = operation switch
        {
            "write" => (await paths.WriteAsync("/d/f", 3, "x"u8.ToArray())).Error,
            "write nothing" => (await paths.WriteAsync("/d/f", 3, Array.Empty<byte>())).Error,
            "truncate" => await paths.TruncateAsync("/d/f", 3),
            "truncate to the same size" => await paths.TruncateAsync("/d/f", 7),
            "read" => (await paths.ReadAsync("/d/f", 0, new byte[7])).Error,
            "link" => (await paths.LinkAsync("/d/f", "/d/l")).Error,
            "unlink one of two names" => await WithSecondNameAsync(() => paths.UnlinkAsync("/d/l")),
            "rename" => await paths.RenameAsync("/d/f", "/e/f"),
            "rename onto itself" => await paths.RenameAsync("/d/f", "/d/f"),
            "exchange" => await WithFileAsync("/e/x", () => paths.RenameAsync("/d/f", "/e/x", RenameMode.Exchange)),
            "replace one of two names" => await paths.RenameAsync("/d/f", "/e/g"),
            "create" => (await paths.CreateAsync("/d/n")).Error,
            "list" => (await paths.ReadDirectoryAsync("/d")).Error,
            "remove a directory" => await paths.RemoveDirectoryAsync("/d/empty"),
            "change the permissions" => (await paths.SetAttributesAsync("/d/f", new AttributeChange { Permissions = SetIds })).Error,
            "touch" => (await paths.SetAttributesAsync(
                "/d/f", new AttributeChange { AccessTime = TimeSetting.Now, ModifyTime = TimeSetting.Now })).Error,
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no such operation"),
        };
        Assert.Equal(Errno.OK, error);

        InodeAttributes found = await mounted.StatAsync(path);
        Assert.Equal(expected, string.Join(' ', new[]
        {
            found.AccessTime > before ? "access" : "", found.ModifyTime > before ? "modify" : "", found.ChangeTime > before ? "change" : "",
        }.Where(time => time.Length > 0)));
        Assert.All(
            (Timestamp[])[found.AccessTime, found.ModifyTime, found.ChangeTime], time => Assert.True(time <= Timestamp.Now(_clock)));
        await mounted.AssertSoundAsync();

        async Task<Errno> WithSecondNameAsync(Func<Task<Errno>> then)
        {
            await paths.LinkAsync("/d/f", "/d/l");
            return await LaterAsync(then);
        }

        async Task<Errno> WithFileAsync(string name, Func<Task<Errno>> then)
        {
            await mounted.FileAsync(name);
            return await LaterAsync(then);
        }

        Task<Errno> LaterAsync(Func<Task<Errno>> then)
        {
            before = Timestamp.Now(_clock);
            _clock.Advance(TimeSpan.FromSeconds(5));
            return then();
        }
    }

    [Fact]
    public async Task Nodes_are_what_they_were_made_as_and_have_no_content()
    {
        Mounted mounted = await Mounted.TinyAsync();
        FileType[] types = [FileType.Fifo, FileType.Socket, FileType.CharacterDevice, FileType.BlockDevice];
        foreach (FileType type in types)
            Assert.Equal(Errno.OK, (await mounted.Paths.MakeNodeAsync($"/{type}", type, new DeviceNumber(259, 1 << 20))).Error);
        mounted = await mounted.RemountAsync();

        foreach (FileType type in types)
        {
            InodeAttributes found = await mounted.StatAsync($"/{type}");
            bool isDevice = type is FileType.CharacterDevice or FileType.BlockDevice;
            Assert.Equal((type, 1, 0L, 0L), (found.Type, found.LinkCount, found.Size, found.Blocks));
            Assert.Equal(isDevice ? new DeviceNumber(259, 1 << 20) : default, found.Device);
            Assert.Equal(Errno.EINVAL, (await mounted.Paths.ReadAsync($"/{type}", 0, new byte[1])).Error);
            Assert.Equal(Errno.EINVAL, (await mounted.Paths.WriteAsync($"/{type}", 0, new byte[1])).Error);
            Assert.Equal(Errno.EINVAL, await mounted.Paths.TruncateAsync($"/{type}", 1));
            Assert.Equal(Errno.ENOTDIR, (await mounted.Paths.GetAttributesAsync($"/{type}/x")).Error);
        }

        await mounted.AssertSoundAsync();
        foreach (FileType type in types)
            Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync($"/{type}"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Mknod_makes_files_too_but_no_directories_and_no_links()
    {
        Mounted mounted = await Mounted.NewAsync();
        Assert.Equal(FileType.Regular, (await mounted.Paths.MakeNodeAsync("/f", FileType.Regular)).Value.Type);
        Assert.Equal(Errno.EPERM, (await mounted.Paths.MakeNodeAsync("/f/no/such/path", FileType.Directory)).Error);
        Assert.Equal(Errno.EINVAL, (await mounted.Paths.MakeNodeAsync("/f/no/such/path", FileType.SymbolicLink)).Error);
        Assert.Equal(Errno.EPERM, (await mounted.Files.MakeNodeAsync(mounted.Files.Root, new FileName("f"), FileType.Directory)).Error);
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.MakeNodeAsync("/f", FileType.Fifo)).Error);
    }

    [Fact]
    public async Task The_blocks_of_a_file_are_counted_with_those_of_its_pointers()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 1000));
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 20 * 512, new byte[1]);
        Assert.Equal(2, (await mounted.StatAsync("/f")).Blocks);
        await mounted.WriteAsync("/f", 0, new byte[512 * 12]);
        Assert.Equal(14, (await mounted.StatAsync("/f")).Blocks);
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 512 * 3));
        Assert.Equal(3, (await mounted.StatAsync("/f")).Blocks);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData("0644", 0b110_100_100, "0644")]
    [InlineData("4755", 0b100_111_101_101, "04755")]
    [InlineData("0", 0, "0000")]
    public void Permissions_are_written_in_octal(string text, int bits, string written)
    {
        Assert.True(Permissions.TryParse(text, out Permissions permissions));
        Assert.Equal((bits, written), (permissions.Bits, permissions.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0648")]
    [InlineData("10000")]
    [InlineData("-1")]
    public void What_is_no_octal_number_of_twelve_bits_is_no_permissions(string text) =>
        Assert.False(Permissions.TryParse(text, out _));

    [Theory]
    [InlineData("1234567890.000000001", 1_234_567_890_000_000_001)]
    [InlineData("-0.5", -500_000_000)]
    [InlineData("0", 0)]
    public void A_time_is_seconds_with_nine_decimals(string text, long nanoseconds)
    {
        Assert.True(Timestamp.TryParse(text, out Timestamp time));
        Assert.Equal((nanoseconds, text), (time.Nanoseconds, time.ToString()));
    }

    [Theory]
    [InlineData("0.0000000001")]
    [InlineData("9300000000")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("tomorrow")]
    public void What_an_inode_cannot_hold_is_no_time(string text) => Assert.False(Timestamp.TryParse(text, out _));
}
