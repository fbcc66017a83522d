using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Xunit;
using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;
using Raid5Verify.Mount;

namespace Raid5Fs.Tests.Fuse;

/// <summary>Whatever comes is answered, or not, as its kind says; what is not sound changes nothing.</summary>
public sealed class FuseMalformedTests
{
    private static readonly FuseOpcode[] NeverAnswered =
        [FuseOpcode.Forget, FuseOpcode.BatchForget, FuseOpcode.Interrupt, FuseOpcode.NotifyReply];

    /// <summary>Requests that would change something, each with a name or data at its end that is needed.</summary>
    private static readonly (FuseOpcode Opcode, byte[] Body)[] Changes =
    [
        (FuseOpcode.MakeDirectory, FuseKernel.Body(new FuseMakeDirectoryRequest(0, 0), FuseKernel.Names(new FileName("new")))),
        (FuseOpcode.MakeNode, FuseKernel.Body(new FuseMakeNodeRequest(0x8000, 0, 0, 0), FuseKernel.Names(new FileName("new")))),
        (FuseOpcode.SymbolicLink, FuseKernel.Names(new FileName("new"), new FileName("target"))),
        (FuseOpcode.Link, FuseKernel.Body(new FuseLinkRequest(2), FuseKernel.Names(new FileName("new")))),
        (FuseOpcode.Unlink, FuseKernel.Names(new FileName("file"))),
        (FuseOpcode.RemoveDirectory, FuseKernel.Names(new FileName("directory"))),
        (FuseOpcode.Rename, FuseKernel.Body(new FuseRenameRequest(1), FuseKernel.Names(new FileName("file"), new FileName("new")))),
        (FuseOpcode.Rename2, FuseKernel.Body(
            new FuseRename2Request(1, LinuxRenameFlags.None, 0), FuseKernel.Names(new FileName("file"), new FileName("new")))),
        (FuseOpcode.Create, FuseKernel.Body(
            new FuseCreateRequest(LinuxOpenFlags.None, 0, 0, FuseOpenFlags.None), FuseKernel.Names(new FileName("new")))),
        (FuseOpcode.SetExtendedAttribute, FuseKernel.Body(new FuseSetExtendedAttributeRequest(5, 0), "user.a\0value"u8)),
        (FuseOpcode.RemoveExtendedAttribute, "user.x\0"u8.ToArray()),
        (FuseOpcode.SetAttributes, FuseKernel.Body(new FuseSetAttributesRequest { Fields = FuseAttributeFields.Permissions })),
        (FuseOpcode.Write, FuseKernel.Body(new FuseWriteRequest { Size = 3 }, "abc"u8)),
        (FuseOpcode.Allocate, FuseKernel.Body(new FuseAllocateRequest { Length = 1 })),
        (FuseOpcode.CopyFileRange, FuseKernel.Body(new FuseCopyRequest(0, 0, 2, 0, 0, 1, 0))),
    ];

    [Fact]
    public async Task What_is_cut_short_is_refused_and_changes_nothing()
    {
        FuseMount mount = await UsedAsync();
        string before = await DescribeAsync(mount);
        foreach ((FuseOpcode opcode, byte[] body) in Changes)
        {
            for (int length = 0; length < body.Length; length++)
                Assert.Equal(Errno.EINVAL, (await mount.Kernel.AskAsync(opcode, FuseMount.Root, body.AsSpan(0, length))).Error);
        }

        Assert.Equal(before, await DescribeAsync(mount));
    }

    [Fact]
    public async Task What_is_not_as_long_as_it_says_is_refused()
    {
        FuseMount mount = await UsedAsync();
        string before = await DescribeAsync(mount);
        foreach ((FuseOpcode opcode, byte[] body) in Changes)
        {
            byte[] request = mount.Kernel.Request(opcode, FuseMount.Root, body);
            Assert.Equal(Errno.EIO, (await mount.Kernel.SendAsync([.. request, 0])).Error);
            Assert.Equal(Errno.EIO, (await mount.Kernel.SendAsync(request[..^1])).Error);
        }

        Assert.Equal(before, await DescribeAsync(mount));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("/")]
    public async Task A_name_that_is_a_path_is_refused(string name)
    {
        FuseMount mount = await UsedAsync();
        byte[] bytes = [.. System.Text.Encoding.UTF8.GetBytes(name), 0];

        Assert.Equal(Errno.EINVAL, (await mount.Kernel.AskAsync(FuseOpcode.Lookup, FuseMount.Root, bytes)).Error);
    }

    [Fact]
    public async Task What_nobody_here_can_do_is_said_to_be_so()
    {
        FuseMount mount = await UsedAsync();
        foreach (uint opcode in (uint[])[31, 33, 37, 39, 40, 48, 51, 52, 4096, uint.MaxValue])
            Assert.Equal(Errno.ENOSYS, (await mount.Kernel.AskAsync((FuseOpcode)opcode, FuseMount.Root, [])).Error);
    }

    [Property(MaxTest = 300)]
    public void Any_bytes_are_answered_or_not_as_their_kind_says(byte opcode, byte node, byte[] body, NonNegativeInt cut)
    {
        byte[] padded = [.. body, .. new byte[cut.Get % 100]];
        AskAsync((FuseOpcode)(opcode % 60), node % 5UL, padded).GetAwaiter().GetResult();
    }

    [Property(MaxTest = 100)]
    public void Without_a_header_nothing_is_answered(byte[] bytes) => SendShortAsync(bytes[..Math.Min(bytes.Length, 39)]).GetAwaiter().GetResult();

    private static async Task SendShortAsync(byte[] bytes)
    {
        FuseMount mount = await FuseMount.NewAsync();
        Assert.Equal(0, await mount.Dispatcher.AnswerAsync(bytes, new byte[mount.Dispatcher.RoomFor(bytes)]));
    }

    private static async Task AskAsync(FuseOpcode opcode, ulong node, byte[] body)
    {
        FuseMount mount = await UsedAsync();
        byte[] request = mount.Kernel.Request(opcode, node, body);
        byte[] reply = new byte[mount.Dispatcher.RoomFor(request)];
        int length = await mount.Dispatcher.AnswerAsync(request, reply);
        if (NeverAnswered.Contains(opcode))
        {
            Assert.Equal(0, length);
            return;
        }

        FuseReplyHeader header = MemoryMarshal.Read<FuseReplyHeader>(reply);
        Assert.Equal((uint)length, header.Length);
        Assert.Equal(MemoryMarshal.Read<FuseRequestHeader>(request).Unique, header.Unique);
        Assert.InRange(header.Error, -133, 0);
        await mount.Mounted.AssertSoundAsync();
    }

    /// <summary>Node 2 is a file, node 3 a directory.</summary>
    private static async Task<FuseMount> UsedAsync()
    {
        FuseMount mount = await FuseMount.NewAsync();
        await mount.Mounted.FileAsync("/file", "content");
        await mount.Mounted.DirectoryAsync("/directory");
        return mount;
    }

    private static async Task<string> DescribeAsync(FuseMount mount) => string.Join(
        ' ',
        [.. await mount.Mounted.NamesAsync("/"), await mount.Mounted.TextAsync("/file"), $"{await mount.Mounted.StatAsync("/file")}"]);
}
