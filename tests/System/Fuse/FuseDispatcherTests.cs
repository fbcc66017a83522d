using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;
using Raid5Fs.Tests.FileSystem;
using Raid5Verify.Mount;

namespace Raid5Fs.Tests.Fuse;

/// <summary>What a kernel asks, and what it is answered.</summary>
public sealed class FuseDispatcherTests
{
    private const uint Mode4755 = 0x9ED;
    private const uint Mode755 = 0x1ED;

    /// <summary>The sizes that linux/fuse.h gives them.</summary>
    [Fact]
    public void Structures_are_as_long_as_the_kernels()
    {
        Assert.Equal(40, Unsafe.SizeOf<FuseRequestHeader>());
        Assert.Equal(16, Unsafe.SizeOf<FuseReplyHeader>());
        Assert.Equal(64, Unsafe.SizeOf<FuseInitReply>());
        Assert.Equal(88, Unsafe.SizeOf<FuseAttributes>());
        Assert.Equal(128, Unsafe.SizeOf<FuseEntry>());
        Assert.Equal(104, Unsafe.SizeOf<FuseAttributesReply>());
        Assert.Equal(16, Unsafe.SizeOf<FuseGetAttributesRequest>());
        Assert.Equal(88, Unsafe.SizeOf<FuseSetAttributesRequest>());
        Assert.Equal(16, Unsafe.SizeOf<FuseMakeNodeRequest>());
        Assert.Equal(16, Unsafe.SizeOf<FuseRename2Request>());
        Assert.Equal(16, Unsafe.SizeOf<FuseCreateRequest>());
        Assert.Equal(144, Unsafe.SizeOf<FuseCreateReply>());
        Assert.Equal(24, Unsafe.SizeOf<FuseReleaseRequest>());
        Assert.Equal(40, Unsafe.SizeOf<FuseReadRequest>());
        Assert.Equal(40, Unsafe.SizeOf<FuseWriteRequest>());
        Assert.Equal(80, Unsafe.SizeOf<FuseStatisticsReply>());
        Assert.Equal(8, Unsafe.SizeOf<FuseSetExtendedAttributeRequest>());
        Assert.Equal(32, Unsafe.SizeOf<FuseAllocateRequest>());
        Assert.Equal(24, Unsafe.SizeOf<FuseSeekRequest>());
        Assert.Equal(56, Unsafe.SizeOf<FuseCopyRequest>());
        Assert.Equal(24, Unsafe.SizeOf<FuseDirectoryEntry>());
    }

    [Fact]
    public async Task Both_agree_on_what_the_older_one_speaks()
    {
        FuseMount mount = await FuseMount.BlankAsync();
        var init = new FuseInitRequest(7, 35, 4096, FuseCapabilities.MaxPages | FuseCapabilities.AsyncRead);

        FuseInitReply reply =
            (await mount.Kernel.AskAsync(FuseOpcode.Init, 0, FuseKernel.Body(init))).Read<FuseInitReply>().Value;

        Assert.Equal((7U, 35U, 4096U), (reply.Major, reply.Minor, reply.MaxReadAhead));
        Assert.Equal(FuseCapabilities.MaxPages | FuseCapabilities.AsyncRead, reply.Capabilities);
        Assert.Equal((1U << 20, (ushort)256), (reply.MaxWrite, reply.MaxPages));
    }

    [Theory]
    [InlineData(8, 0, Errno.OK)]
    [InlineData(7, 30, Errno.EPROTO)]
    [InlineData(6, 40, Errno.EPROTO)]
    public async Task Without_an_agreement_nothing_is_answered_but_how_to_reach_one(uint major, uint minor, Errno expected)
    {
        FuseMount mount = await FuseMount.BlankAsync();
        var init = new FuseInitRequest(major, minor, 0, FuseCapabilities.None);

        Assert.Equal(expected, (await mount.Kernel.AskAsync(FuseOpcode.Init, 0, FuseKernel.Body(init))).Error);
        Assert.Equal(Errno.EIO, (await mount.StatAsync(FuseMount.Root)).Error);
    }

    [Fact]
    public async Task A_file_is_made_written_and_read()
    {
        FuseMount mount = await FuseMount.NewAsync();

        FuseCreateReply made = await mount.CreateAsync("a", mode: 0x1B6);
        Assert.Equal(Errno.OK, await mount.WriteAsync(made.Entry.Node, 0, "hello"));

        Assert.Equal("hello", await mount.ReadAsync(made.Entry.Node));
        Assert.Equal("hello", await mount.Mounted.TextAsync("/a"));
        FuseAttributes found = (await mount.StatAsync(made.Entry.Node)).Value;
        Assert.Equal((5UL, 0x81B6U, 1U), (found.Size, found.Mode, found.Links));
    }

    [Fact]
    public async Task The_process_masks_permissions_and_owns_what_it_makes()
    {
        FuseMount mount = await FuseMount.NewAsync();
        byte[] body = FuseKernel.Body(
            new FuseMakeNodeRequest(0x81FF, 0, Umask: 0x3F, 0), FuseKernel.Names(new FileName("mine")));

        await mount.Kernel.AskAsync(FuseOpcode.MakeNode, FuseMount.Root, body, new Ownership(default, 7, 8));

        Assert.Equal(new Ownership(new Permissions(0x1C0), 7, 8), (await mount.Mounted.StatAsync("/mine")).Owner);
    }

    [Fact]
    public async Task What_is_appended_goes_to_the_end_unless_it_was_kept_by_the_kernel()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        await mount.WriteAsync(node, 0, "one");

        await mount.WriteAsync(node, 0, "two", LinuxOpenFlags.Append);
        await mount.WriteAsync(node, 0, "O", LinuxOpenFlags.Append, FuseWriteFlags.FromCache);

        Assert.Equal("Onetwo", await mount.ReadAsync(node));
    }

    [Fact]
    public async Task A_synchronous_write_is_durable_when_it_is_answered()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;

        await mount.WriteAsync(node, 0, "kept", LinuxOpenFlags.DataSync);

        Mounted after = await mount.Mounted.CrashAndMountAsync();
        Assert.Equal("kept", await after.TextAsync("/a"));
    }

    [Fact]
    public async Task A_write_takes_privileges_where_the_kernel_says_so()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a", Mode4755)).Entry.Node;

        await mount.WriteAsync(node, 0, "by root");
        Assert.Equal(Mode4755, (await mount.StatAsync(node)).Value.Mode & Permissions.All);
        await mount.WriteAsync(node, 0, "by another", how: FuseWriteFlags.KillSetIds);
        Assert.Equal(Mode755, (await mount.StatAsync(node)).Value.Mode & Permissions.All);
    }

    [Fact]
    public async Task A_write_takes_capabilities_also_those_that_were_given_after_another_write()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        byte[] name = [.. "security.capability"u8, 0];
        byte[] set = FuseKernel.Body(new FuseSetExtendedAttributeRequest(3, 0), [.. name, .. "all"u8]);
        byte[] get = FuseKernel.Body(new FuseGetExtendedAttributeRequest(64, 0), name);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(Errno.OK, (await mount.Kernel.AskAsync(FuseOpcode.SetExtendedAttribute, node, set)).Error);
            Assert.Equal(Errno.OK, (await mount.Kernel.AskAsync(FuseOpcode.GetExtendedAttribute, node, get)).Error);
            await mount.WriteAsync(node, 0, "x");
            Assert.Equal(Errno.ENODATA, (await mount.Kernel.AskAsync(FuseOpcode.GetExtendedAttribute, node, get)).Error);
        }
    }

    [Fact]
    public async Task An_open_that_truncates_does_so()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        await mount.WriteAsync(node, 0, "content");

        FuseAnswer opened = await mount.Kernel.AskAsync(
            FuseOpcode.Open, node, FuseKernel.Body(new FuseOpenRequest(LinuxOpenFlags.Truncate, FuseOpenFlags.None)));

        Assert.Equal(Errno.OK, opened.Error);
        Assert.Equal(0UL, (await mount.StatAsync(node)).Value.Size);
    }

    [Fact]
    public async Task What_is_created_and_is_there_already_is_opened_unless_it_must_not_be()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        await mount.WriteAsync(node, 0, "content");

        Assert.Equal(node, (await mount.CreateAsync("a")).Entry.Node);
        Assert.Equal(7UL, (await mount.StatAsync(node)).Value.Size);
        FuseCreateReply truncated = await mount.CreateAsync("a", flags: LinuxOpenFlags.Truncate);
        Assert.Equal((node, 0UL), (truncated.Entry.Node, truncated.Entry.Attributes.Size));
        byte[] exclusive = FuseKernel.Body(
            new FuseCreateRequest(LinuxOpenFlags.Exclusive, 0, 0, FuseOpenFlags.None), FuseKernel.Names(new FileName("a")));
        Assert.Equal(Errno.EEXIST, (await mount.Kernel.AskAsync(FuseOpcode.Create, FuseMount.Root, exclusive)).Error);
    }

    [Fact]
    public async Task That_there_is_no_such_name_may_be_remembered_if_names_may()
    {
        FuseMount remembering = await FuseMount.NewAsync();
        FuseMount asking = await FuseMount.NewAsync(new FuseOptions { EntryTimeout = TimeSpan.Zero });
        byte[] name = FuseKernel.Names(new FileName("absent"));

        FuseEntry none =
            (await remembering.Kernel.AskAsync(FuseOpcode.Lookup, FuseMount.Root, name)).Read<FuseEntry>().Value;

        Assert.Equal((0UL, 60UL), (none.Node, none.EntrySeconds));
        Assert.Equal(Errno.ENOENT, (await asking.Kernel.AskAsync(FuseOpcode.Lookup, FuseMount.Root, name)).Error);
    }

    [Theory]
    [InlineData(LinuxAllocateModes.None, 0, 5000, Errno.OK, 5000)]
    [InlineData(LinuxAllocateModes.KeepSize, 0, 5, Errno.OK, 5)]
    [InlineData(LinuxAllocateModes.KeepSize, 4, 2, Errno.EOPNOTSUPP, 5)]
    [InlineData(LinuxAllocateModes.PunchHole | LinuxAllocateModes.KeepSize, 1, 100, Errno.OK, 5)]
    [InlineData(LinuxAllocateModes.PunchHole, 1, 100, Errno.EOPNOTSUPP, 5)]
    [InlineData(LinuxAllocateModes.ZeroRange, 1, 100, Errno.OK, 101)]
    [InlineData(LinuxAllocateModes.ZeroRange | LinuxAllocateModes.KeepSize, 1, 2, Errno.OK, 5)]
    [InlineData((LinuxAllocateModes)8, 0, 4096, Errno.EOPNOTSUPP, 5)]
    public async Task Space_is_allocated_and_given_back(LinuxAllocateModes modes, ulong offset, ulong length, Errno error, ulong size)
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        await mount.WriteAsync(node, 0, "hello");

        Assert.Equal(error, await mount.AllocateAsync(node, modes, offset, length));

        Assert.Equal(size, (await mount.StatAsync(node)).Value.Size);
        bool isZeroed = error == Errno.OK && (modes & (LinuxAllocateModes.PunchHole | LinuxAllocateModes.ZeroRange)) != LinuxAllocateModes.None;
        string expected = new([.. "hello".Select((c, i) => isZeroed && i >= (int)offset && i < (int)(offset + length) ? '\0' : c)]);
        Assert.Equal(expected, await mount.ReadAsync(node, size: 5));
        await mount.Mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_range_is_copied_from_file_to_file()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong from = (await mount.CreateAsync("from")).Entry.Node;
        ulong to = (await mount.CreateAsync("to", Mode4755)).Entry.Node;
        await mount.WriteAsync(from, 0, "hello");
        var copy = new FuseCopyRequest(0, 1, to, 0, 2, 100, 0);

        FuseWriteReply copied =
            (await mount.Kernel.AskAsync(FuseOpcode.CopyFileRange, from, FuseKernel.Body(copy))).Read<FuseWriteReply>().Value;

        Assert.Equal(4U, copied.Size);
        Assert.Equal("\0\0ello", await mount.ReadAsync(to));
        Assert.Equal(Mode755, (await mount.StatAsync(to)).Value.Mode & Permissions.All);
    }

    [Fact]
    public async Task Extended_attributes_are_measured_before_they_are_read()
    {
        FuseMount mount = await FuseMount.NewAsync();
        ulong node = (await mount.CreateAsync("a")).Entry.Node;
        byte[] name = [.. "user.colour"u8, 0];
        await mount.Kernel.AskAsync(
            FuseOpcode.SetExtendedAttribute,
            node,
            FuseKernel.Body(new FuseSetExtendedAttributeRequest(4, 0), [.. name, .. "blue"u8]));

        Task<FuseAnswer> Get(uint room) => mount.Kernel.AskAsync(
            FuseOpcode.GetExtendedAttribute, node, FuseKernel.Body(new FuseGetExtendedAttributeRequest(room, 0), name));

        Assert.Equal(4U, (await Get(0)).Read<FuseGetExtendedAttributeReply>().Value.Size);
        Assert.Equal(Errno.ERANGE, (await Get(3)).Error);
        Assert.Equal("blue", Encoding.UTF8.GetString((await Get(4)).Data.Span));
    }

    [Fact]
    public async Task Access_control_lists_are_not_kept()
    {
        FuseMount mount = await FuseMount.NewAsync();
        byte[] name = [.. "system.posix_acl_access"u8, 0];

        FuseAnswer answer = await mount.Kernel.AskAsync(
            FuseOpcode.GetExtendedAttribute, FuseMount.Root, FuseKernel.Body(new FuseGetExtendedAttributeRequest(64, 0), name));

        Assert.Equal(Errno.EOPNOTSUPP, answer.Error);
    }

    /// <summary>A directory that needs many answers, each as full as it gets, is listed once and in whole.</summary>
    [Theory]
    [InlineData(FuseOpcode.ReadDirectory, 300)]
    [InlineData(FuseOpcode.ReadDirectoryPlus, 500)]
    public async Task A_directory_is_listed_in_parts(FuseOpcode opcode, uint room)
    {
        FuseMount mount = await FuseMount.NewAsync();
        for (int i = 0; i < 50; i++)
            await mount.Mounted.FileAsync($"/{new string('n', i)}{i}");
        var names = new List<string>();
        ulong after = 0;
        while (true)
        {
            FuseAnswer answer = await mount.Kernel.AskAsync(
                opcode, FuseMount.Root, FuseKernel.Body(new FuseReadRequest { Offset = after, Size = room }));
            Assert.Equal(Errno.OK, answer.Error);
            if (answer.Data.IsEmpty)
                break;
            ReadOnlyMemory<byte> rest = answer.Data;
            while (!rest.IsEmpty)
            {
                int before = opcode == FuseOpcode.ReadDirectoryPlus ? Unsafe.SizeOf<FuseEntry>() : 0;
                FuseDirectoryEntry entry = MemoryMarshal.Read<FuseDirectoryEntry>(rest.Span[before..]);
                names.Add(Encoding.UTF8.GetString(rest.Span.Slice(before + 24, (int)entry.NameLength)));
                after = entry.Position;
                rest = rest[((before + 24 + (int)entry.NameLength + 7) & -8)..];
            }
        }

        Assert.Equal(52, names.Count);
        Assert.Equal([".", ".."], names[..2]);
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"{new string('n', i)}{i}").Order(StringComparer.Ordinal),
            names[2..].Order(StringComparer.Ordinal));
        Assert.Equal(opcode == FuseOpcode.ReadDirectoryPlus ? 50 : 0, mount.Dispatcher.KnownInodes);
    }

    [Fact]
    public async Task An_entry_that_does_not_fit_at_all_is_an_error_not_an_end()
    {
        FuseMount mount = await FuseMount.NewAsync();

        FuseAnswer answer = await mount.Kernel.AskAsync(
            FuseOpcode.ReadDirectory, FuseMount.Root, FuseKernel.Body(new FuseReadRequest { Size = 16 }));

        Assert.Equal(Errno.EINVAL, answer.Error);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(999_999_999L)]
    [InlineData(-1_000_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Times_before_1970_are_times(long nanoseconds)
    {
        (long seconds, uint rest) = FuseAttributeFormat.Split(new Timestamp(nanoseconds));

        Assert.InRange(rest, 0U, 999_999_999U);
        Assert.Equal(nanoseconds, FuseAttributeFormat.Join(seconds, rest).Nanoseconds);
    }

    [Fact]
    public void Times_out_of_reach_are_the_nearest_ones()
    {
        Assert.Equal(long.MaxValue, FuseAttributeFormat.Join(long.MaxValue, 0).Nanoseconds);
        Assert.Equal(long.MinValue, FuseAttributeFormat.Join(long.MinValue, 0).Nanoseconds);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, 1)]
    [InlineData(4095, 1_048_575)]
    public void Device_numbers_are_kept(uint major, uint minor)
    {
        var device = new DeviceNumber(major, minor);
        Assert.Equal(device, FuseAttributeFormat.DecodeDevice(FuseAttributeFormat.Encode(device)));
    }

    [Fact]
    public void Every_type_of_inode_is_kept()
    {
        foreach (FileType type in Enum.GetValues<FileType>())
            Assert.Equal(type, FuseAttributeFormat.DecodeType(FuseAttributeFormat.EncodeType(type)));
    }
}
