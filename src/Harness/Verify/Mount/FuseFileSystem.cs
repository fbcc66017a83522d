/*
 * A file system that is asked through a mount: what a kernel would make of each call, as FUSE requests to a dispatcher. So everything
 * that is asked of IFileSystem (paths, scenarios, the oracle) can be asked of the mount's bytes as well.
 *
 * This kernel has no caches and no locks: what it is led to it forgets as soon as it has the answer, and what overlaps here overlaps there.
 */

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;

namespace Raid5Verify.Mount;

/// <summary>A file system behind a <see cref="FuseDispatcher"/>. Errors as of <see cref="IFileSystem"/>.</summary>
public sealed partial class FuseFileSystem : IFileSystem
{
    private const ulong RootNode = 1;

    /// <summary>Bytes of entries that are asked for at a time.</summary>
    private const uint DirectoryRoom = 64 << 10;

    private readonly FuseKernel _kernel;
    private readonly FileSystemStatistics _limits;
    private readonly int _transfer;
    private readonly Dictionary<InodeNumber, Stack<ulong>> _handles = [];

    private FuseFileSystem(FuseKernel kernel, InodeNumber root, FileSystemStatistics limits, int transfer)
    {
        _kernel = kernel;
        Root = root;
        _limits = limits;
        _transfer = transfer;
    }

    public InodeNumber Root { get; }

    /// <summary>Begins as a kernel does when it mounts.</summary>
    /// <param name="files">What is mounted: only its root's number and the limits of its format are asked of it but by the dispatcher.</param>
    public static async Task<Result<FuseFileSystem>> MountAsync(IFileSystem files)
    {
        var kernel = new FuseKernel(new FuseDispatcher(files, new FuseOptions()));
        Result<FuseInitReply> init = await kernel.BeginAsync();
        if (!init.IsOk)
            return init.Error;
        Result<FileSystemStatistics> limits = await files.GetStatisticsAsync();
        return limits.IsOk ? new FuseFileSystem(kernel, files.Root, limits.Value, (int)init.Value.MaxWrite) : limits.Error;
    }

    public async Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name)
    {
        Result<FuseEntry> entry = (await AskAsync(FuseOpcode.Lookup, directory, FuseKernel.Names(name))).Read<FuseEntry>();
        return entry is { IsOk: true, Value.Node: 0 } ? Errno.ENOENT : await AcceptAsync(entry);
    }

    public async Task<Errno> AccessAsync(InodeNumber inode, Credentials who, AccessModes wanted) => (await _kernel.AskAsync(
        FuseOpcode.Access,
        NodeOf(inode),
        FuseKernel.Body(new FuseAccessRequest((uint)wanted, 0)),
        new Ownership(default, who.User, who.Group))).Error;

    public async Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name, Ownership? owner = null)
    {
        Ownership own = owner ?? new Ownership(Permissions.OfFile);
        var create = new FuseCreateRequest(LinuxOpenFlags.Exclusive, ModeOf(FileType.Regular, own), 0, FuseOpenFlags.None);
        Result<FuseCreateReply> made = (await _kernel.AskAsync(
            FuseOpcode.Create, NodeOf(directory), FuseKernel.Body(create, FuseKernel.Names(name)), own)).Read<FuseCreateReply>();
        if (!made.IsOk)
            return made.Error;
        FuseEntry entry = made.Value.Entry;
        await ReleaseAsync(new InodeNumber((uint)entry.Attributes.Inode), made.Value.Open.Handle);
        return await AcceptAsync(entry);
    }

    public async Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner = null)
    {
        Ownership own = owner ?? new Ownership(Permissions.OfDirectory);
        byte[] body = FuseKernel.Body(new FuseMakeDirectoryRequest(own.Permissions.Bits, 0), FuseKernel.Names(name));
        return await AcceptAsync(
            (await _kernel.AskAsync(FuseOpcode.MakeDirectory, NodeOf(directory), body, own)).Read<FuseEntry>());
    }

    public async Task<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null)
    {
        Ownership own = owner ?? new Ownership(Permissions.OfFile);
        byte[] body = FuseKernel.Body(
            new FuseMakeNodeRequest(ModeOf(type, own), FuseAttributeFormat.Encode(device), 0, 0), FuseKernel.Names(name));
        return await AcceptAsync((await _kernel.AskAsync(FuseOpcode.MakeNode, NodeOf(directory), body, own)).Read<FuseEntry>());
    }

    public async Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner = null)
    {
        if (target.Span.Contains((byte)0))
            return Errno.EINVAL;
        byte[] body = [.. FuseKernel.Names(name), .. target.Span, 0];
        return await AcceptAsync(
            (await _kernel.AskAsync(FuseOpcode.SymbolicLink, NodeOf(directory), body, owner ?? default)).Read<FuseEntry>());
    }

    public async Task<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber inode)
    {
        FuseAnswer answer = await AskAsync(FuseOpcode.ReadLink, inode, []);
        return answer.Error == Errno.OK ? answer.Data.ToArray() : answer.Error;
    }

    public async Task<Result<InodeAttributes>> LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) =>
        await AcceptAsync((await AskAsync(
            FuseOpcode.Link, directory, FuseKernel.Body(new FuseLinkRequest(NodeOf(inode)), FuseKernel.Names(name)))).Read<FuseEntry>());

    public async Task<Errno> UnlinkAsync(InodeNumber directory, FileName name) =>
        (await AskAsync(FuseOpcode.Unlink, directory, FuseKernel.Names(name))).Error;

    public async Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name) =>
        (await AskAsync(FuseOpcode.RemoveDirectory, directory, FuseKernel.Names(name))).Error;

    public async Task<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace)
    {
        byte[] names = FuseKernel.Names(from, to);
        LinuxRenameFlags flags = mode == RenameMode.Exchange ? LinuxRenameFlags.Exchange : LinuxRenameFlags.NoReplace;
        return (mode == RenameMode.Replace
            ? await AskAsync(FuseOpcode.Rename, fromDirectory, FuseKernel.Body(new FuseRenameRequest(NodeOf(toDirectory)), names))
            : await AskAsync(
                FuseOpcode.Rename2, fromDirectory, FuseKernel.Body(new FuseRename2Request(NodeOf(toDirectory), flags, 0), names))).Error;
    }

    /// <summary>The first entries are asked for with what they lead to, as a kernel does that expects to need it.</summary>
    public async Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after = default, int atMost = int.MaxValue)
    {
        var entries = new List<DirectoryEntry>();
        while (true)
        {
            bool isPlus = after == default;
            var read = new FuseReadRequest { Offset = (ulong)after.Value, Size = DirectoryRoom };
            FuseAnswer answer = await AskAsync(
                isPlus ? FuseOpcode.ReadDirectoryPlus : FuseOpcode.ReadDirectory, directory, FuseKernel.Body(read));
            if (answer.Error != Errno.OK)
                return answer.Error;
            IReadOnlyList<DirectoryEntry> part = await DecodeAsync(answer.Data, isPlus);
            foreach (DirectoryEntry entry in part)
            {
                if (entries.Count >= atMost && entry.Position != entries[^1].Position)
                    return entries;
                entries.Add(entry);
            }

            if (part.Count == 0)
                return entries;
            after = part[^1].Position;
        }
    }

    private static uint ModeOf(FileType type, Ownership owner) => FuseAttributeFormat.EncodeMode(type, owner.Permissions);

    private ulong NodeOf(InodeNumber inode) =>
        inode == Root ? RootNode : inode.Value == RootNode ? Root.Value : inode.Value;

    private Task<FuseAnswer> AskAsync(FuseOpcode opcode, InodeNumber inode, ReadOnlySpan<byte> body) =>
        _kernel.AskAsync(opcode, NodeOf(inode), body);

    private InodeAttributes Decode(in FuseAttributes attributes) => FuseAttributeFormat.Decode(attributes, _limits.BlockSize);

    /// <summary>What an answer led to, which is then forgotten.</summary>
    private async Task<Result<InodeAttributes>> AcceptAsync(Result<FuseEntry> entry)
    {
        if (!entry.IsOk)
            return entry.Error;
        await _kernel.TellAsync(FuseOpcode.Forget, entry.Value.Node, FuseKernel.Body(new FuseForgetRequest(1)));
        return Decode(entry.Value.Attributes);
    }

    /// <summary>The entries of an answer; what they led to is forgotten.</summary>
    private async Task<IReadOnlyList<DirectoryEntry>> DecodeAsync(ReadOnlyMemory<byte> data, bool isPlus)
    {
        var entries = new List<DirectoryEntry>();
        var learnt = new List<byte>();
        while (!data.IsEmpty)
        {
            int before = isPlus ? Unsafe.SizeOf<FuseEntry>() : 0;
            if (isPlus && MemoryMarshal.Read<FuseEntry>(data.Span) is { Node: not 0 } found)
                learnt.AddRange(FuseKernel.Body(new FuseForgotten(found.Node, 1)));
            FuseDirectoryEntry entry = MemoryMarshal.Read<FuseDirectoryEntry>(data.Span[before..]);
            int nameAt = before + Unsafe.SizeOf<FuseDirectoryEntry>();
            entries.Add(new DirectoryEntry(
                new FileName(data.Span.Slice(nameAt, (int)entry.NameLength)),
                new InodeNumber((uint)entry.Inode),
                FuseAttributeFormat.DecodeType(entry.Type))
            {
                Position = new EntryPosition((long)entry.Position),
            });
            data = data[((nameAt + (int)entry.NameLength + sizeof(ulong) - 1) & -sizeof(ulong))..];
        }

        if (learnt.Count > 0)
        {
            var batch = new FuseBatchForgetRequest((uint)(learnt.Count / Unsafe.SizeOf<FuseForgotten>()), 0);
            await _kernel.TellAsync(FuseOpcode.BatchForget, 0, FuseKernel.Body(batch, [.. learnt]));
        }

        return entries;
    }
}
