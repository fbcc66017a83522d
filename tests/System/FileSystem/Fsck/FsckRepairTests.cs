using System.Buffers.Binary;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>What a repair makes of damage, planted by hand.</summary>
/// <remarks>In the file system of <see cref="SoundVolume"/>, where nothing else is said.</remarks>
public sealed class FsckRepairTests
{
    private const int BlockSize = 512;
    private const int InodeSize = 128;
    private const int Pointers = 64;

    /// <summary>Of these nothing proves what was there.</summary>
    private static readonly FsckProblem[] NeverMended = [FsckProblem.Unreadable, FsckProblem.BadSuperblock];

    public static TheoryData<FsckProblem, Action<MemoryDevice>> Damage() => FsckTests.Damage();

    [Theory]
    [MemberData(nameof(Damage), DisableDiscoveryEnumeration = true)]
    public async Task Planted_damage_is_mended_or_said_to_be_left(FsckProblem problem, Action<MemoryDevice> damage)
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        damage(device);
        FsckRepairReport report = await RepairedVolume.RepairAsync(device);
        if (report.Left.Count > 0)
        {
            Assert.Contains(problem, NeverMended);
            Assert.All(report.Left, left => Assert.Equal(problem, left.Finding.Problem));
            return;
        }

        Assert.Contains(report.Repairs, repair => repair.Finding.Problem == problem);
        await RepairedVolume.UseAsync(device);
    }

    [Fact]
    public async Task A_sound_volume_is_left_alone()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        int writes = device.Writes.Count;
        FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
        Assert.Equal("clean", report.ToString());
        Assert.Equal(writes, device.Writes.Count);
    }

    [Fact]
    public async Task What_was_done_is_told_in_the_order_in_which_it_was_done()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        OnInode(device, 4, inode => inode[28]++);
        device.Damage(2, bitmap => bitmap[299 / 8] |= 1 << (299 % 8));
        FsckRepairReport report = await RepairedVolume.MendAsync(device);
        Assert.Equal(
            """
            WrongBlockCount: inode 4 says that it has 23 blocks; it has 22: it is 22 now
            BlockLeaked: block 299 is in use in the bitmap, but nothing uses it: it was freed
            clean
            """.ReplaceLineEndings("\n"),
            report.ToString());
    }

    [Fact]
    public async Task All_repairs_are_one_commit()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        device.Damage(1, bitmap => bitmap.AsSpan().Clear());
        device.Damage(2, bitmap => bitmap.AsSpan().Clear());
        int commits = device.Commits;
        await RepairedVolume.MendAsync(device);
        Assert.Equal(commits + 1, device.Commits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bitmap_that_is_gone_is_made_again_and_nothing_is_lost(int bitmap)
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        device.Damage(bitmap, block => block.AsSpan().Clear());
        await RepairedVolume.MendAsync(device);
        Assert.Equal(before.Items, (await TreeSnapshot.OfAsync(device)).Items);
    }

    [Fact]
    public async Task A_lost_directory_keeps_what_is_in_it_and_knows_where_it_is()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        OnRecord(device, "d", record => record.AsSpan(0, 4).Clear());
        await RepairedVolume.MendAsync(device);
        TreeSnapshot after = await TreeSnapshot.OfAsync(device);
        Assert.Equal(
            before.Items.Where(item => item.Key.StartsWith("/d", StringComparison.Ordinal)).Select(item => (item.Key, item.Value)),
            after.Items.Where(item => item.Key.StartsWith("/lost+found/#2", StringComparison.Ordinal))
                .Select(item => ("/d" + item.Key["/lost+found/#2".Length..], item.Value)));
        Mounted mounted = await Mounted.OnAsync(device);
        InodeAttributes folder = await mounted.StatAsync("/lost+found");
        Assert.Equal(folder.Inode, (await mounted.StatAsync("/lost+found/#2/..")).Inode);
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/lost+found/#2", "/d"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task What_is_lost_is_put_beside_what_was_lost_before()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(BlockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        await mounted.DirectoryAsync("/lost+found");
        InodeNumber number = await mounted.FileAsync("/f", "kept");
        await mounted.FileAsync($"/lost+found/#{number.Value}", "here before");
        await mounted.SyncAsync();
        OnRecord(mounted.Device, "f", record => record.AsSpan(0, 4).Clear());
        await RepairedVolume.MendAsync(mounted.Device);
        mounted = await Mounted.OnAsync(mounted.Device);
        Assert.Equal("here before", await mounted.TextAsync($"/lost+found/#{number.Value}"));
        Assert.Equal("kept", await mounted.TextAsync($"/lost+found/#{number.Value}~1"));
    }

    [Fact]
    public async Task A_file_of_the_name_stands_in_the_way_of_lost_and_found_and_the_root_takes_what_is_lost()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(BlockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        InodeNumber number = await mounted.FileAsync("/f", "kept");
        await mounted.FileAsync("/lost+found", "a file");
        await mounted.SyncAsync();
        OnRecord(mounted.Device, "f", record => record.AsSpan(0, 4).Clear());
        await RepairedVolume.MendAsync(mounted.Device);
        mounted = await Mounted.OnAsync(mounted.Device);
        Assert.Equal("kept", await mounted.TextAsync($"/#{number.Value}"));
        Assert.Equal("a file", await mounted.TextAsync("/lost+found"));
    }

    [Fact]
    public async Task Directories_that_hold_each_other_are_found_again()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(BlockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        InodeNumber upper = await mounted.DirectoryAsync("/a");
        InodeNumber lower = await mounted.DirectoryAsync("/a/b");
        await mounted.FileAsync("/a/b/f", "kept");
        await mounted.DirectoryAsync("/a/b/c");
        await mounted.SyncAsync();

        // What leads to c leads to a, and nothing else does.
        OnRecord(mounted.Device, "c", record => BinaryPrimitives.WriteUInt32LittleEndian(record, upper.Value));
        OnRecord(mounted.Device, "a", record => record.AsSpan(0, 4).Clear());
        await RepairedVolume.MendAsync(mounted.Device);
        mounted = await Mounted.OnAsync(mounted.Device);
        Assert.Equal("kept", await mounted.TextAsync($"/lost+found/#{upper.Value}/b/f"));
        Assert.Equal(lower, (await mounted.StatAsync($"/lost+found/#{upper.Value}/b")).Inode);
    }

    [Fact]
    public async Task A_root_that_is_gone_is_made_again_and_its_leaf_is_found()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        OnInode(device, 1, inode => inode.AsSpan(0, 8).Clear());
        OnInode(device, 1, inode => inode.AsSpan(16).Clear());
        await RepairedVolume.MendAsync(device);
        TreeSnapshot after = await TreeSnapshot.OfAsync(device);
        Assert.Equal(before.Items.Keys, after.Items.Keys);
        Assert.Equal(before.Items.Where(item => item.Key != "/"), after.Items.Where(item => item.Key != "/"));
    }

    [Fact]
    public async Task A_root_of_which_nothing_is_left_has_all_that_was_below_it_in_lost_and_found()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        uint leaf = PointerOf(device, 1, 3);
        device.Damage(leaf, block => block.AsSpan().Clear());
        OnInode(device, 1, inode => inode.AsSpan().Clear());
        await RepairedVolume.MendAsync(device);
        TreeSnapshot after = await TreeSnapshot.OfAsync(device);
        before.DifferenceTo(after, out int changed, out _);
        Assert.InRange(changed, 0, 1);
        Assert.Contains(after.Items.Keys, path => path.StartsWith("/lost+found/#2/sub/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_block_used_twice_is_copied_for_the_second()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        byte[] shared = device.Peek(PointerOf(device, 4, 3));
        OnInode(device, 5, inode => SetPointer(inode, 0, PointerOf(device, 4, 3)));
        await RepairedVolume.MendAsync(device);
        Mounted mounted = await Mounted.OnAsync(device);
        Assert.Equal(Mounted.Pattern((20 * BlockSize) + 10), await mounted.ReadAsync("/f"));
        Assert.Equal(shared[..4], await mounted.ReadAsync("/g"));
        Assert.NotEqual(PointerOf(device, 4, 3), PointerOf(device, 5, 0));
    }

    [Fact]
    public async Task A_tree_of_pointers_used_twice_is_copied_for_the_second_with_all_below_it()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        OnInode(device, 5, inode =>
        {
            SetPointer(inode, 12, PointerOf(device, 4, 12));
            BinaryPrimitives.WriteInt64LittleEndian(inode.AsSpan(16), (20 * BlockSize) + 10);
        });
        await RepairedVolume.MendAsync(device);
        Mounted mounted = await Mounted.OnAsync(device);
        byte[] content = Mounted.Pattern((20 * BlockSize) + 10);
        Assert.Equal(content, await mounted.ReadAsync("/f"));
        Assert.Equal(content[(12 * BlockSize)..], (await mounted.ReadAsync("/g"))[(12 * BlockSize)..]);
    }

    [Fact]
    public async Task Where_there_is_no_space_for_a_copy_the_first_keeps_the_block()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        Mounted mounted = await Mounted.OnAsync(device);
        await mounted.FileAsync("/fill");
        Result<int> written = await mounted.Paths.WriteAsync("/fill", 0, Mounted.Pattern(300 * BlockSize));
        while (written.IsOk)
            written = await mounted.Paths.WriteAsync("/fill", (await mounted.StatAsync("/fill")).Size, new byte[1]);
        Assert.Equal(0, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.Files.UnmountAsync();
        uint own = PointerOf(device, 5, 0);
        OnInode(device, 5, inode => SetPointer(inode, 0, PointerOf(device, 4, 3)));
        device.Damage(own, block => block.AsSpan().Clear());
        OnInode(device, 4, inode => SetPointer(inode, 2, own));
        FsckRepairReport report = await RepairedVolume.MendAsync(device);
        Assert.Contains(report.Repairs, repair => repair.Finding.Problem == FsckProblem.BlockUsedTwice);
        Assert.Equal(4, (await (await Mounted.OnAsync(device)).StatAsync("/g")).Size);
    }

    [Fact]
    public async Task Of_two_ways_to_a_directory_that_is_kept_which_it_knows()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        OnRecord(device, "f", record =>
        {
            record[0] = 3;
            record[9] = (byte)FileType.Directory;
        });
        await RepairedVolume.MendAsync(device);
        TreeSnapshot after = await TreeSnapshot.OfAsync(device);
        Assert.Equal(before.Items["/f"], after.Items["/lost+found/#4"]);
        Assert.All(before.Items.Where(item => item.Key != "/f"), item => Assert.Equal(item.Value, after.Items[item.Key]));
    }

    [Fact]
    public async Task A_file_whose_size_is_too_small_gets_its_blocks_back_and_one_whose_pointer_is_wrong_does_not()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        OnInode(device, 4, inode => inode.AsSpan(16, 8).Clear());
        OnInode(device, 5, inode => SetPointer(inode, 7, 290));
        FsckRepairReport report = await RepairedVolume.MendAsync(device);
        Mounted mounted = await Mounted.OnAsync(device);
        Assert.Equal(Mounted.Pattern((20 * BlockSize) + 10), (await mounted.ReadAsync("/f"))[..((20 * BlockSize) + 10)]);
        Assert.Equal("text", await mounted.TextAsync("/g"));
        Assert.Equal(2, report.Repairs.Select(repair => repair.Finding.Inode.Value).Intersect([4u, 5u]).Count());
    }

    [Fact]
    public async Task Attributes_before_the_damage_are_kept()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(BlockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        await mounted.FileAsync("/f");
        foreach (string name in (string[])["user.a", "user.b", "user.c"])
            Assert.Equal(Errno.OK, await mounted.Paths.SetExtendedAttributeAsync("/f", name, "value"u8.ToArray()));
        await mounted.SyncAsync();
        uint block = BinaryPrimitives.ReadUInt32LittleEndian(Inode(mounted.Device, 2).AsSpan(124));
        mounted.Device.Damage(block, bytes => bytes[28 + 1] = 0xFF);
        mounted.Device.Damage(block, bytes => bytes[28 + 2] = 0xFF);
        await RepairedVolume.MendAsync(mounted.Device);
        mounted = await Mounted.OnAsync(mounted.Device);
        IReadOnlyList<byte[]> left = (await mounted.Files.ListExtendedAttributesAsync(new InodeNumber(2))).Value;
        Assert.Equal(["user.a", "user.b"], left.Select(System.Text.Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task A_leaf_full_of_noise_costs_its_own_names_only()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        byte[] index = device.Peek(PointerOf(device, 3, 3));
        uint leaf = BinaryPrimitives.ReadUInt32LittleEndian(index.AsSpan(8));
        device.Damage(leaf, block => new Random(1).NextBytes(block));
        await RepairedVolume.MendAsync(device);
        TreeSnapshot after = await TreeSnapshot.OfAsync(device);
        Assert.InRange(before.Items.Keys.Except(after.Items.Keys).Count(), 1, 2);
        Assert.Empty(after.Items.Keys.Except(before.Items.Keys));
    }

    [Fact]
    public async Task A_removed_name_does_not_come_back_from_the_rest_of_its_record()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(BlockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        await mounted.FileAsync("/first", "1");
        await mounted.FileAsync("/gone", "2");
        await mounted.FileAsync("/last", "3");
        Assert.Equal(Errno.OK, (await mounted.Paths.LinkAsync("/last", "/other name")).Error);
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/gone"));
        await mounted.SyncAsync();
        OnRecord(mounted.Device, "first", record => record[4] ^= 1);
        await RepairedVolume.MendAsync(mounted.Device);
        mounted = await Mounted.OnAsync(mounted.Device);
        Assert.Equal(["first", "last", "other name"], await mounted.NamesAsync("/"));
        Assert.Equal("1", await mounted.TextAsync("/first"));
    }

    [Fact]
    public async Task A_commit_that_fails_is_said_and_the_volume_is_what_it_was()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        OnInode(device, 4, inode => inode[28]++);
        FsckReport before = await Fsck.CheckAsync(device);
        device.FailsCommits = true;
        FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
        Assert.Equal((Errno.EIO, false), (report.Error, report.IsClean));
        device.Crash();
        Assert.Equal(before.ToString(), (await Fsck.CheckAsync(device)).ToString());
    }

    [Fact]
    public async Task A_device_that_takes_too_little_at_once_is_refused()
    {
        MemoryDevice sound = await SoundVolume.MakeAsync();
        var device = new MemoryDevice(BlockSize, 300, maxUncommittedBlocks: (int)UnixFileSystem.LargestOperation(BlockSize, 300) - 1);
        foreach (long block in sound.Touched)
            device.Damage(block, bytes => sound.Peek(block).CopyTo(bytes, 0));
        Assert.Equal(Errno.EINVAL, (await Fsck.RepairAsync(device, TimeProvider.System)).Error);
    }

    private static byte[] Inode(MemoryDevice device, int number)
    {
        int start = (number - 1) % (BlockSize / InodeSize) * InodeSize;
        return device.Peek(SoundVolume.TableStart + ((number - 1) / (BlockSize / InodeSize)))[start..(start + InodeSize)];
    }

    private static uint PointerOf(MemoryDevice device, int number, int slot) =>
        BinaryPrimitives.ReadUInt32LittleEndian(Inode(device, number).AsSpan(Pointers + (4 * slot)));

    private static void SetPointer(byte[] inode, int slot, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(inode.AsSpan(Pointers + (4 * slot)), value);

    private static void OnInode(MemoryDevice device, int number, Action<byte[]> change) =>
        device.Damage(SoundVolume.TableStart + ((number - 1) / (BlockSize / InodeSize)), block =>
        {
            int start = (number - 1) % (BlockSize / InodeSize) * InodeSize;
            byte[] inode = block[start..(start + InodeSize)];
            change(inode);
            inode.CopyTo(block, start);
        });

    /// <summary>Changes the record of a name, which there is once on the device, wherever it is.</summary>
    private static void OnRecord(MemoryDevice device, string name, Action<byte[]> change)
    {
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(name);
        foreach (long block in device.Touched.Where(block => block >= SoundVolume.DataStart).ToArray())
        {
            byte[] leaf = device.Peek(block);
            for (int at = 0; at + 12 + wanted.Length <= BlockSize; at += 4)
            {
                bool isIt = BinaryPrimitives.ReadUInt32LittleEndian(leaf.AsSpan(at)) is > 0 and <= SoundVolume.Inodes
                    && leaf[at + 8] == wanted.Length && leaf[at + 9] is > 0 and < 8 && leaf.AsSpan(at + 10).StartsWith(wanted);
                if (!isIt)
                    continue;
                device.Damage(block, bytes =>
                {
                    byte[] record = bytes[at..];
                    change(record);
                    record.CopyTo(bytes, at);
                });
                return;
            }
        }

        throw new InvalidOperationException($"no entry is called {name}");
    }
}
