using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;
using Raid5Fs.Tests.FileSystem;
using Raid5Verify.Mount;

namespace Raid5Fs.Tests.Fuse;

/// <summary>A file system in memory, and a kernel that has it mounted, with words for the stories that the tests tell.</summary>
internal sealed class FuseMount
{
    public const ulong Root = 1;

    private FuseMount(Mounted mounted, FuseDispatcher dispatcher)
    {
        Mounted = mounted;
        Dispatcher = dispatcher;
        Kernel = new FuseKernel(dispatcher);
    }

    public Mounted Mounted { get; }

    public FuseDispatcher Dispatcher { get; }

    public FuseKernel Kernel { get; }

    /// <summary>Mounted, and not yet begun.</summary>
    public static async Task<FuseMount> BlankAsync(FuseOptions? options = null)
    {
        Mounted mounted = await Mounted.NewAsync();
        return new FuseMount(mounted, new FuseDispatcher(mounted.Files, options ?? new FuseOptions()));
    }

    public static async Task<FuseMount> NewAsync(FuseOptions? options = null)
    {
        FuseMount mount = await BlankAsync(options);
        Assert.Equal(Errno.OK, (await mount.Kernel.BeginAsync()).Error);
        return mount;
    }

    public async Task<FuseEntry> LookupAsync(string name, ulong directory = Root)
    {
        Result<FuseEntry> found =
            (await Kernel.AskAsync(FuseOpcode.Lookup, directory, FuseKernel.Names(new FileName(name)))).Read<FuseEntry>();
        Assert.Equal(Errno.OK, found.Error);
        return found.Value;
    }

    /// <summary>Makes and opens a file in the root.</summary>
    public async Task<FuseCreateReply> CreateAsync(string name, uint mode = 0x1A4, LinuxOpenFlags flags = LinuxOpenFlags.None)
    {
        byte[] body = FuseKernel.Body(new FuseCreateRequest(flags, mode, 0, FuseOpenFlags.None), FuseKernel.Names(new FileName(name)));
        Result<FuseCreateReply> made = (await Kernel.AskAsync(FuseOpcode.Create, Root, body)).Read<FuseCreateReply>();
        Assert.Equal(Errno.OK, made.Error);
        return made.Value;
    }

    public Task ForgetAsync(ulong node, ulong lookups) =>
        Kernel.TellAsync(FuseOpcode.Forget, node, FuseKernel.Body(new FuseForgetRequest(lookups)));

    public async Task<Errno> ReleaseAsync(ulong node, ulong handle) => (await Kernel.AskAsync(
        FuseOpcode.Release, node, FuseKernel.Body(new FuseReleaseRequest { Handle = handle }))).Error;

    public async Task<Errno> UnlinkAsync(string name) =>
        (await Kernel.AskAsync(FuseOpcode.Unlink, Root, FuseKernel.Names(new FileName(name)))).Error;

    public async Task<Errno> WriteAsync(
        ulong node, long offset, string text, LinuxOpenFlags flags = LinuxOpenFlags.None, FuseWriteFlags how = FuseWriteFlags.None)
    {
        byte[] data = Encoding.UTF8.GetBytes(text);
        var write = new FuseWriteRequest { Offset = (ulong)offset, Size = (uint)data.Length, Flags = flags, WriteFlags = how };
        Result<FuseWriteReply> written =
            (await Kernel.AskAsync(FuseOpcode.Write, node, FuseKernel.Body(write, data))).Read<FuseWriteReply>();
        if (written.IsOk)
            Assert.Equal((uint)data.Length, written.Value.Size);
        return written.Error;
    }

    public async Task<string> ReadAsync(ulong node, long offset = 0, uint size = 4096)
    {
        FuseAnswer answer = await Kernel.AskAsync(
            FuseOpcode.Read, node, FuseKernel.Body(new FuseReadRequest { Offset = (ulong)offset, Size = size }));
        Assert.Equal(Errno.OK, answer.Error);
        return Encoding.UTF8.GetString(answer.Data.Span);
    }

    public async Task<Result<FuseAttributes>> StatAsync(ulong node)
    {
        Result<FuseAttributesReply> reply = (await Kernel.AskAsync(
            FuseOpcode.GetAttributes, node, FuseKernel.Body(default(FuseGetAttributesRequest)))).Read<FuseAttributesReply>();
        return reply.IsOk ? reply.Value.Attributes : reply.Error;
    }

    public async Task<Errno> AllocateAsync(ulong node, LinuxAllocateModes modes, ulong offset, ulong length) =>
        (await Kernel.AskAsync(
            FuseOpcode.Allocate,
            node,
            FuseKernel.Body(new FuseAllocateRequest { Modes = modes, Offset = offset, Length = length }))).Error;

    public async Task<long> FreeInodesAsync() => (await Mounted.StatisticsAsync()).FreeInodes;
}
