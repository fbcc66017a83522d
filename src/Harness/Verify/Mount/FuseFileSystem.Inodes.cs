using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;

namespace Raid5Verify.Mount;

/// <content>Attributes and contents of inodes.</content>
public sealed partial class FuseFileSystem
{
    /// <summary>Bytes of the longest value or list of extended attributes.</summary>
    private const uint ExtendedRoom = 64 << 10;

    public async Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode) =>
        Decode((await AskAsync(FuseOpcode.GetAttributes, inode, FuseKernel.Body(default(FuseGetAttributesRequest))))
            .Read<FuseAttributesReply>());

    public async Task<Result<InodeAttributes>> SetAttributesAsync(InodeNumber inode, AttributeChange change)
    {
        OwnerChange? owner = change.Owner;
        if (owner is { User: null, Group: null })
        {
            // A change of owner that names nobody has no bits of its own: it is told as one to who it is.
            Result<InodeAttributes> found = await GetAttributesAsync(inode);
            if (!found.IsOk)
                return found;
            owner = new OwnerChange(found.Value.Owner.User, null);
        }

        FuseAttributeFields fields =
            (change.Permissions is null ? FuseAttributeFields.None : FuseAttributeFields.Permissions)
            | (owner?.User is null ? FuseAttributeFields.None : FuseAttributeFields.User)
            | (owner?.Group is null ? FuseAttributeFields.None : FuseAttributeFields.Group)
            | FieldsOf(change.AccessTime, FuseAttributeFields.AccessTime, FuseAttributeFields.AccessTimeNow)
            | FieldsOf(change.ModifyTime, FuseAttributeFields.ModifyTime, FuseAttributeFields.ModifyTimeNow);
        (long accessSeconds, uint accessNanoseconds) = Split(change.AccessTime);
        (long modifySeconds, uint modifyNanoseconds) = Split(change.ModifyTime);
        var set = new FuseSetAttributesRequest
        {
            Fields = fields,
            Mode = change.Permissions?.Bits ?? 0,
            User = owner?.User ?? 0,
            Group = owner?.Group ?? 0,
            AccessSeconds = accessSeconds,
            AccessNanoseconds = accessNanoseconds,
            ModifySeconds = modifySeconds,
            ModifyNanoseconds = modifyNanoseconds,
        };
        return Decode((await AskAsync(FuseOpcode.SetAttributes, inode, FuseKernel.Body(set))).Read<FuseAttributesReply>());
    }

    public async Task<Errno> TruncateAsync(InodeNumber inode, long size, bool setsTimes = false) =>
        (await AskAsync(FuseOpcode.SetAttributes, inode, FuseKernel.Body(new FuseSetAttributesRequest
        {
            Fields = FuseAttributeFields.Size | (setsTimes ? FuseAttributeFields.Handle : FuseAttributeFields.None),
            Size = (ulong)size,
        }))).Error;

    public async Task<Result<byte[]>> GetExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name)
    {
        FuseAnswer answer = await AskAsync(
            FuseOpcode.GetExtendedAttribute,
            inode,
            FuseKernel.Body(new FuseGetExtendedAttributeRequest(ExtendedRoom, 0), [.. name.Span, 0]));
        return answer.Error == Errno.OK ? answer.Data.ToArray() : answer.Error;
    }

    public async Task<Result<IReadOnlyList<byte[]>>> ListExtendedAttributesAsync(InodeNumber inode)
    {
        FuseAnswer answer = await AskAsync(
            FuseOpcode.ListExtendedAttributes, inode, FuseKernel.Body(new FuseGetExtendedAttributeRequest(ExtendedRoom, 0)));
        if (answer.Error != Errno.OK)
            return answer.Error;
        var names = new List<byte[]>();
        ReadOnlySpan<byte> rest = answer.Data.Span;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            Invariant.Require(end >= 0, "each name is ended by NUL");
            names.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return names;
    }

    public async Task<Errno> SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set) =>
        (await AskAsync(FuseOpcode.SetExtendedAttribute, inode, FuseKernel.Body(
            new FuseSetExtendedAttributeRequest((uint)value.Length, (uint)mode), [.. name.Span, 0, .. value.Span]))).Error;

    public async Task<Errno> RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        (await AskAsync(FuseOpcode.RemoveExtendedAttribute, inode, [.. name.Span, 0])).Error;

    /// <summary>In parts that a request may move, up to the first that is short.</summary>
    public async Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination)
    {
        int done = 0;
        do
        {
            int length = Math.Min(_transfer, destination.Length - done);
            FuseAnswer answer = await AskAsync(
                FuseOpcode.Read, inode, FuseKernel.Body(new FuseReadRequest { Offset = (ulong)(offset + done), Size = (uint)length }));
            if (answer.Error != Errno.OK)
                return done > 0 ? done : answer.Error;
            Invariant.Require(answer.Data.Length <= length, "no more is read than was asked for");
            answer.Data.CopyTo(destination[done..]);
            done += answer.Data.Length;
            if (answer.Data.Length < length)
                return done;
        }
        while (done < destination.Length);
        return done;
    }

    public Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source) =>
        WriteAsync(inode, offset, source, LinuxOpenFlags.None);

    public Task<Result<int>> AppendAsync(InodeNumber inode, ReadOnlyMemory<byte> source) =>
        WriteAsync(inode, 0, source, LinuxOpenFlags.Append);

    public async Task<Errno> AllocateAsync(InodeNumber inode, long offset, long length) =>
        await AllocateAsync(inode, offset, length, LinuxAllocateModes.None);

    public async Task<Errno> PunchHoleAsync(InodeNumber inode, long offset, long length) =>
        await AllocateAsync(inode, offset, length, LinuxAllocateModes.PunchHole | LinuxAllocateModes.KeepSize);

    public async Task<Result<long>> SeekAsync(InodeNumber inode, long offset, SeekTarget target)
    {
        var seek = new FuseSeekRequest { Offset = (ulong)offset, Whence = target == SeekTarget.Data ? 3U : 4U };
        Result<FuseSeekReply> found = (await AskAsync(FuseOpcode.Seek, inode, FuseKernel.Body(seek))).Read<FuseSeekReply>();
        return found.IsOk ? (long)found.Value.Offset : found.Error;
    }

    public async Task<Errno> OpenAsync(InodeNumber inode)
    {
        Result<FuseOpenReply> opened =
            (await AskAsync(FuseOpcode.Open, inode, FuseKernel.Body(default(FuseOpenRequest)))).Read<FuseOpenReply>();
        if (!opened.IsOk)
            return opened.Error;
        if (!_handles.TryGetValue(inode, out Stack<ulong>? handles))
            _handles.Add(inode, handles = new Stack<ulong>());
        handles.Push(opened.Value.Handle);
        return Errno.OK;
    }

    public async Task CloseAsync(InodeNumber inode) => await ReleaseAsync(inode, _handles[inode].Pop());

    public async Task<Errno> SyncAsync(InodeNumber inode) =>
        (await AskAsync(FuseOpcode.Sync, inode, FuseKernel.Body(default(FuseSyncRequest)))).Error;

    /// <summary>The limits of the format are no part of the protocol: they are as the file system told them.</summary>
    public async Task<Result<FileSystemStatistics>> GetStatisticsAsync()
    {
        Result<FuseStatisticsReply> found = (await AskAsync(FuseOpcode.Statistics, Root, [])).Read<FuseStatisticsReply>();
        return found.IsOk
            ? new FileSystemStatistics(
                (int)found.Value.BlockSize,
                (long)found.Value.Blocks,
                (long)found.Value.FreeBlocks,
                (long)found.Value.Inodes,
                (long)found.Value.FreeInodes,
                (int)found.Value.MaxNameLength)
            {
                MaxFileSize = _limits.MaxFileSize,
                MaxLinkCount = _limits.MaxLinkCount,
                MaxTargetLength = _limits.MaxTargetLength,
            }
            : found.Error;
    }

    private static FuseAttributeFields FieldsOf(TimeSetting? time, FuseAttributeFields isSet, FuseAttributeFields isNow) =>
        time is not { } setting ? FuseAttributeFields.None : setting.IsNow ? isSet | isNow : isSet;

    private static (long Seconds, uint Nanoseconds) Split(TimeSetting? time) =>
        time is { IsNow: false } setting ? FuseAttributeFormat.Split(setting.Resolve(default)) : default;

    private Result<InodeAttributes> Decode(Result<FuseAttributesReply> reply) =>
        reply.IsOk ? Decode(reply.Value.Attributes) : reply.Error;

    private async Task ReleaseAsync(InodeNumber inode, ulong handle)
    {
        Errno released =
            (await AskAsync(FuseOpcode.Release, inode, FuseKernel.Body(new FuseReleaseRequest { Handle = handle }))).Error;
        Invariant.Require(released == Errno.OK, "what is open can be closed");
    }

    private async Task<Errno> AllocateAsync(InodeNumber inode, long offset, long length, LinuxAllocateModes modes) =>
        (await AskAsync(FuseOpcode.Allocate, inode, FuseKernel.Body(
            new FuseAllocateRequest { Offset = (ulong)offset, Length = (ulong)length, Modes = modes }))).Error;

    /// <summary>In parts that a request may move, up to the first that is short.</summary>
    private async Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source, LinuxOpenFlags flags)
    {
        int done = 0;
        do
        {
            int length = Math.Min(_transfer, source.Length - done);
            var write = new FuseWriteRequest { Offset = (ulong)(offset + done), Size = (uint)length, Flags = flags };
            Result<FuseWriteReply> written = (await AskAsync(
                FuseOpcode.Write, inode, FuseKernel.Body(write, source.Span.Slice(done, length)))).Read<FuseWriteReply>();
            if (!written.IsOk)
                return done > 0 ? done : written.Error;
            done += (int)written.Value.Size;
            if (written.Value.Size < length)
                return done;
        }
        while (done < source.Length);
        return done;
    }
}
