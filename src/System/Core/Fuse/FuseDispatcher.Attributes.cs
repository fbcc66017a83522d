using System.Runtime.CompilerServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <content>Attributes of inodes and of the file system, extended ones too.</content>
public sealed partial class FuseDispatcher
{
    private static readonly byte[][] NameSpaces = ["user."u8.ToArray(), "trusted."u8.ToArray(), "security."u8.ToArray()];
    private static readonly byte[] Capability = "security.capability"u8.ToArray();

    /// <summary>The new value of a time, if it is to be set.</summary>
    private static TimeSetting? TimeOf(
        FuseAttributeFields fields, FuseAttributeFields isSet, FuseAttributeFields isNow, long seconds, uint nanoseconds) =>
        !fields.HasFlag(isSet) ? null
        : fields.HasFlag(isNow) ? TimeSetting.Now
        : TimeSetting.At(FuseAttributeFormat.Join(seconds, nanoseconds));

    /// <summary>
    /// What else than its size is to be set; null if nothing is. A time of change is not set: the file system does that itself.
    /// </summary>
    private static AttributeChange? ChangeOf(in FuseSetAttributesRequest set)
    {
        FuseAttributeFields fields = set.Fields;
        var change = new AttributeChange
        {
            Permissions = fields.HasFlag(FuseAttributeFields.Permissions) ? FuseAttributeFormat.DecodePermissions(set.Mode) : null,
            Owner = (fields & (FuseAttributeFields.User | FuseAttributeFields.Group)) != FuseAttributeFields.None
                ? new OwnerChange(
                    fields.HasFlag(FuseAttributeFields.User) ? set.User : null,
                    fields.HasFlag(FuseAttributeFields.Group) ? set.Group : null)
                : null,
            AccessTime = TimeOf(
                fields, FuseAttributeFields.AccessTime, FuseAttributeFields.AccessTimeNow, set.AccessSeconds, set.AccessNanoseconds),
            ModifyTime = TimeOf(
                fields, FuseAttributeFields.ModifyTime, FuseAttributeFields.ModifyTimeNow, set.ModifySeconds, set.ModifyNanoseconds),
        };
        return change == new AttributeChange() ? null : change;
    }

    private async ValueTask<int> GetAttributesAsync(FuseRequest request, FuseReply reply) =>
        AnswerAttributes(reply, await _files.GetAttributesAsync(InodeOf(request)));

    /// <summary>
    /// Sets the size first, as that can fail for want of anything; then all else at once. Between the two another request may come.
    /// </summary>
    private async ValueTask<int> SetAttributesAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseSetAttributesRequest set))
            return reply.Done(Errno.EINVAL);
        InodeNumber inode = InodeOf(request);
        if (set.Fields.HasFlag(FuseAttributeFields.Size))
        {
            Errno error = await DropPrivilegesAsync(inode, set.Fields.HasFlag(FuseAttributeFields.KillSetIds));
            if (error == Errno.OK)
                error = await _files.TruncateAsync(inode, (long)set.Size, set.Fields.HasFlag(FuseAttributeFields.Handle));
            if (error != Errno.OK)
                return reply.Done(error);
        }

        AttributeChange? change = ChangeOf(set);
        if (change?.Owner is not null)
        {
            Errno error = await DropPrivilegesAsync(inode, dropsSetIds: false);
            if (error != Errno.OK)
                return reply.Done(error);
        }

        return AnswerAttributes(
            reply, change is null ? await _files.GetAttributesAsync(inode) : await _files.SetAttributesAsync(inode, change));
    }

    private int AnswerAttributes(FuseReply reply, Result<InodeAttributes> found)
    {
        if (!found.IsOk)
            return reply.Done(found.Error);
        (ulong seconds, uint nanoseconds) = FuseAttributeFormat.Split(_options.AttributeTimeout);
        return reply.Answer(
            new FuseAttributesReply(seconds, nanoseconds, 0, FuseAttributeFormat.Encode(found.Value, _blockSize)));
    }

    /// <summary>
    /// Takes away what a file must not keep when its content or its owner changes: capabilities in any case; the set-user-id bit, and the
    /// set-group-id bit if the group may execute it, where the kernel says so. Errors as of setting attributes.
    /// </summary>
    private async ValueTask<Errno> DropPrivilegesAsync(InodeNumber inode, bool dropsSetIds)
    {
        FuseNode? node = _nodes.Find(inode);
        if (node is not { HasNoCapabilities: true })
        {
            Errno error = (await _files.GetExtendedAttributeAsync(inode, Capability)).Error;
            if (error == Errno.OK)
                error = await _files.RemoveExtendedAttributeAsync(inode, Capability);
            if (error is not (Errno.OK or Errno.ENODATA))
                return error;
            node?.HasNoCapabilities = true;
        }

        if (!dropsSetIds)
            return Errno.OK;
        Result<InodeAttributes> found = await _files.GetAttributesAsync(inode);
        if (!found.IsOk)
            return found.Error;
        Permissions permissions = found.Value.Owner.Permissions;
        Permissions left = permissions.AfterChangeOfOwner();
        return left == permissions
            ? Errno.OK
            : (await _files.SetAttributesAsync(inode, new AttributeChange { Permissions = left })).Error;
    }

    /// <summary>Asked by kernels that leave permissions to whom they ask; the other groups of who asks are not known then.</summary>
    private async ValueTask<int> AccessAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryRead(out FuseAccessRequest access)
            ? await _files.AccessAsync(
                InodeOf(request), new Credentials(request.Header.User, request.Header.Group), (AccessModes)access.Modes)
            : Errno.EINVAL);

    private async ValueTask<int> GetStatisticsAsync(FuseReply reply)
    {
        Result<FileSystemStatistics> found = await _files.GetStatisticsAsync();
        return found.IsOk
            ? reply.Answer(new FuseStatisticsReply(
                (ulong)found.Value.Blocks,
                (ulong)found.Value.FreeBlocks,
                (ulong)found.Value.FreeBlocks,
                (ulong)found.Value.Inodes,
                (ulong)found.Value.FreeInodes,
                (uint)found.Value.BlockSize,
                (uint)found.Value.MaxNameLength,
                (uint)found.Value.BlockSize))
            : reply.Done(found.Error);
    }

    /// <summary>
    /// Whether an attribute of this name may be kept: others would be given a meaning by the kernel, as access control lists are. Names
    /// that are too short or too long are left to the file system, which has its own answer.
    /// </summary>
    private static bool IsKept(ReadOnlySpan<byte> name)
    {
        bool isKept = name.Length is 0 or > byte.MaxValue;
        foreach (byte[] space in NameSpaces)
            isKept |= name.StartsWith(space);
        return isKept;
    }

    private async ValueTask<int> SetExtendedAttributeAsync(FuseRequest request, FuseReply reply)
    {
        int at = Unsafe.SizeOf<FuseSetExtendedAttributeRequest>();
        if (!request.TryRead(out FuseSetExtendedAttributeRequest set)
            || !request.TryReadText(ref at, out ReadOnlyMemory<byte> name)
            || request.Body.Length - at != set.Size
            || set.Flags > (uint)AttributeMode.Replace)
        {
            return reply.Done(Errno.EINVAL);
        }

        if (!IsKept(name.Span))
            return reply.Done(Errno.EOPNOTSUPP);
        InodeNumber inode = InodeOf(request);
        _nodes.Find(inode)?.HasNoCapabilities = false;
        return reply.Done(await _files.SetExtendedAttributeAsync(inode, name, request.Body[at..], (AttributeMode)set.Flags));
    }

    private async ValueTask<int> GetExtendedAttributeAsync(FuseRequest request, FuseReply reply)
    {
        int at = Unsafe.SizeOf<FuseGetExtendedAttributeRequest>();
        if (!request.TryRead(out FuseGetExtendedAttributeRequest get) || !request.TryReadText(ref at, out ReadOnlyMemory<byte> name))
            return reply.Done(Errno.EINVAL);
        if (!IsKept(name.Span))
            return reply.Done(Errno.EOPNOTSUPP);
        Result<byte[]> value = await _files.GetExtendedAttributeAsync(InodeOf(request), name);
        return value.IsOk ? AnswerExtended(reply, value.Value, get.Size) : reply.Done(value.Error);
    }

    private async ValueTask<int> ListExtendedAttributesAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseGetExtendedAttributeRequest get))
            return reply.Done(Errno.EINVAL);
        Result<IReadOnlyList<byte[]>> names = await _files.ListExtendedAttributesAsync(InodeOf(request));
        return names.IsOk
            ? AnswerExtended(reply, [.. names.Value.SelectMany(static name => name.Append((byte)0))], get.Size)
            : reply.Done(names.Error);
    }

    private async ValueTask<int> RemoveExtendedAttributeAsync(FuseRequest request, FuseReply reply)
    {
        int at = 0;
        if (!request.TryReadText(ref at, out ReadOnlyMemory<byte> name))
            return reply.Done(Errno.EINVAL);
        return reply.Done(IsKept(name.Span)
            ? await _files.RemoveExtendedAttributeAsync(InodeOf(request), name)
            : Errno.EOPNOTSUPP);
    }

    /// <summary>A value or its length, as <paramref name="room"/> says; ERANGE if it does not fit.</summary>
    private int AnswerExtended(FuseReply reply, ReadOnlySpan<byte> value, uint room) =>
        room == 0 ? reply.Answer(new FuseGetExtendedAttributeReply((uint)value.Length, 0))
        : value.Length > Math.Min(room, (uint)_options.MaxTransfer) ? reply.Done(Errno.ERANGE)
        : reply.Answer(value);
}
