using System.Runtime.CompilerServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <content>Names: what leads to inodes.</content>
public sealed partial class FuseDispatcher
{
    private static Ownership OwnerOf(in FuseRequest request, uint mode, uint umask) => new(
        FuseAttributeFormat.DecodePermissions(mode & ~umask), request.Header.User, request.Header.Group);

    private async ValueTask<int> LookupAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryReadName(0, out FileName name))
            return reply.Done(Errno.EINVAL);
        Result<InodeAttributes> found = await _files.LookupAsync(InodeOf(request), name);
        if (found.Error != Errno.ENOENT || _options.EntryTimeout == TimeSpan.Zero || name.Length == 0)
            return await AnswerEntryAsync(reply, found);

        // That there is no such name may be remembered as well.
        (ulong seconds, uint nanoseconds) = FuseAttributeFormat.Split(_options.EntryTimeout);
        return reply.Answer(new FuseEntry { EntrySeconds = seconds, EntryNanoseconds = nanoseconds });
    }

    private async ValueTask<int> MakeNodeAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryReadWithName(out FuseMakeNodeRequest node, out FileName name))
            return reply.Done(Errno.EINVAL);
        return await AnswerEntryAsync(reply, await _files.MakeNodeAsync(
            InodeOf(request),
            name,
            FuseAttributeFormat.TypeOfMode(node.Mode),
            FuseAttributeFormat.DecodeDevice(node.Device),
            OwnerOf(request, node.Mode, node.Umask)));
    }

    private async ValueTask<int> MakeDirectoryAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryReadWithName(out FuseMakeDirectoryRequest directory, out FileName name))
            return reply.Done(Errno.EINVAL);
        return await AnswerEntryAsync(reply, await _files.MakeDirectoryAsync(
            InodeOf(request), name, OwnerOf(request, directory.Mode, directory.Umask)));
    }

    private async ValueTask<int> MakeSymbolicLinkAsync(FuseRequest request, FuseReply reply)
    {
        int at = 0;
        if (!request.TryReadName(ref at, out FileName name) || !request.TryReadText(ref at, out ReadOnlyMemory<byte> target))
            return reply.Done(Errno.EINVAL);
        return await AnswerEntryAsync(reply, await _files.MakeSymbolicLinkAsync(
            InodeOf(request), name, target, OwnerOf(request, Permissions.OfSymbolicLink.Bits, umask: 0)));
    }

    private async ValueTask<int> ReadLinkAsync(FuseRequest request, FuseReply reply)
    {
        Result<byte[]> target = await _files.ReadSymbolicLinkAsync(InodeOf(request));
        return target.IsOk
            ? reply.Answer(target.Value.AsSpan(0, Math.Min(target.Value.Length, PageSize)))
            : reply.Done(target.Error);
    }

    private async ValueTask<int> LinkAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryReadWithName(out FuseLinkRequest link, out FileName name))
            return reply.Done(Errno.EINVAL);
        return await AnswerEntryAsync(reply, await _files.LinkAsync(_nodes.InodeOf(link.Node), InodeOf(request), name));
    }

    private async ValueTask<int> UnlinkAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryReadName(0, out FileName name) ? await _files.UnlinkAsync(InodeOf(request), name) : Errno.EINVAL);

    private async ValueTask<int> RemoveDirectoryAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryReadName(0, out FileName name)
            ? await _files.RemoveDirectoryAsync(InodeOf(request), name)
            : Errno.EINVAL);

    private async ValueTask<int> RenameAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryRead(out FuseRenameRequest rename)
            ? await RenameAsync(request, Unsafe.SizeOf<FuseRenameRequest>(), rename.NewDirectory, LinuxRenameFlags.None)
            : Errno.EINVAL);

    private async ValueTask<int> Rename2Async(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryRead(out FuseRename2Request rename)
            ? await RenameAsync(request, Unsafe.SizeOf<FuseRename2Request>(), rename.NewDirectory, rename.Flags)
            : Errno.EINVAL);

    private async ValueTask<Errno> RenameAsync(FuseRequest request, int namesAt, ulong newDirectory, LinuxRenameFlags flags)
    {
        RenameMode? mode = flags switch
        {
            LinuxRenameFlags.None => RenameMode.Replace,
            LinuxRenameFlags.NoReplace => RenameMode.NoReplace,
            LinuxRenameFlags.Exchange => RenameMode.Exchange,
            _ => null,
        };
        int at = namesAt;
        return mode is { } known && request.TryReadName(ref at, out FileName from) && request.TryReadName(ref at, out FileName to)
            ? await _files.RenameAsync(InodeOf(request), from, _nodes.InodeOf(newDirectory), to, known)
            : Errno.EINVAL;
    }
}
