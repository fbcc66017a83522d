using System.Buffers;
using System.Runtime.CompilerServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <content>The content of files, and what is open.</content>
public sealed partial class FuseDispatcher
{
    private const uint SeekData = 3;
    private const uint SeekHole = 4;

    private const FuseOpenReplyFlags FileFlags =
        FuseOpenReplyFlags.KeepCache | FuseOpenReplyFlags.NoFlush | FuseOpenReplyFlags.ParallelDirectWrites;

    private async ValueTask<int> OpenAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseOpenRequest open))
            return reply.Done(Errno.EINVAL);
        Result<FuseOpenReply> opened = await OpenAsync(InodeOf(request), open.Flags, open.OpenFlags);
        return opened.IsOk ? reply.Answer(opened.Value) : reply.Done(opened.Error);
    }

    /// <summary>A handle of a file, which is truncated if the flags say so: as <see cref="IFileSystem.TruncateAsync"/>.</summary>
    private async ValueTask<Result<FuseOpenReply>> OpenAsync(InodeNumber inode, LinuxOpenFlags flags, FuseOpenFlags openFlags)
    {
        Result<ulong> handle = await _nodes.OpenAsync(inode);
        if (!handle.IsOk)
            return handle.Error;
        if (flags.HasFlag(LinuxOpenFlags.Truncate))
        {
            Errno error = await DropPrivilegesAsync(inode, openFlags.HasFlag(FuseOpenFlags.KillSetIds));
            if (error == Errno.OK)
                error = await _files.TruncateAsync(inode, 0, setsTimes: true);
            if (error != Errno.OK)
            {
                await _nodes.ReleaseAsync(handle.Value);
                return error;
            }
        }

        return new FuseOpenReply(handle.Value, FileFlags, 0);
    }

    /// <summary>Makes a file and opens it; one that is there already is opened, unless it must not be.</summary>
    private async ValueTask<int> CreateAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryReadWithName(out FuseCreateRequest create, out FileName name))
            return reply.Done(Errno.EINVAL);
        InodeNumber directory = InodeOf(request);
        LinuxOpenFlags flags = create.Flags & ~LinuxOpenFlags.Truncate;
        Result<InodeAttributes> file = await _files.CreateAsync(directory, name, OwnerOf(request, create.Mode, create.Umask));
        if (file.Error == Errno.EEXIST && !create.Flags.HasFlag(LinuxOpenFlags.Exclusive))
        {
            flags = create.Flags;
            file = await _files.LookupAsync(directory, name);
            if (file is { IsOk: true, Value.Type: not FileType.Regular })
                return reply.Done(Errno.EEXIST);
        }

        if (!file.IsOk)
            return reply.Done(file.Error);
        InodeNumber inode = file.Value.Inode;
        Result<FuseOpenReply> opened = await OpenAsync(inode, flags, create.OpenFlags);
        if (!opened.IsOk)
            return reply.Done(opened.Error);
        if (flags.HasFlag(LinuxOpenFlags.Truncate))
            file = await _files.GetAttributesAsync(inode);
        Errno error = file.IsOk ? await _nodes.LearnAsync(inode) : file.Error;
        if (error == Errno.OK)
            return reply.Answer(new FuseCreateReply(EntryFor(file.Value), opened.Value));
        await _nodes.ReleaseAsync(opened.Value.Handle);
        return reply.Done(error);
    }

    private async ValueTask<int> ReleaseAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(request.TryRead(out FuseReleaseRequest release) ? await _nodes.ReleaseAsync(release.Handle) : Errno.EINVAL);

    /// <summary>More than a request may read is read as far as that.</summary>
    private async ValueTask<int> ReadAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseReadRequest read))
            return reply.Done(Errno.EINVAL);
        int length = (int)Math.Min(read.Size, (uint)_options.MaxTransfer);
        Result<int> got = await _files.ReadAsync(InodeOf(request), (long)read.Offset, reply.Data[..length]);
        return got.IsOk ? reply.AnswerData(got.Value) : reply.Done(got.Error);
    }

    private async ValueTask<int> WriteAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseWriteRequest write))
            return reply.Done(Errno.EINVAL);
        ReadOnlyMemory<byte> data = request.Body[Unsafe.SizeOf<FuseWriteRequest>()..];
        if (data.Length != write.Size)
            return reply.Done(Errno.EINVAL);
        InodeNumber inode = InodeOf(request);
        Errno error = await DropPrivilegesAsync(inode, write.WriteFlags.HasFlag(FuseWriteFlags.KillSetIds));
        if (error != Errno.OK)
            return reply.Done(error);

        // Where the kernel writes pages that it kept, they are where they are, however the file was opened.
        bool appends = write.Flags.HasFlag(LinuxOpenFlags.Append) && !write.WriteFlags.HasFlag(FuseWriteFlags.FromCache);
        Result<int> written = appends
            ? await _files.AppendAsync(inode, data)
            : await _files.WriteAsync(inode, (long)write.Offset, data);
        if (written.IsOk && write.Flags.HasFlag(LinuxOpenFlags.DataSync))
        {
            error = await _files.SyncAsync(inode);
            if (error != Errno.OK)
                return reply.Done(error);
        }

        return written.IsOk ? reply.Answer(new FuseWriteReply((uint)written.Value, 0)) : reply.Done(written.Error);
    }

    private async ValueTask<int> SyncAsync(FuseRequest request, FuseReply reply) =>
        reply.Done(await _files.SyncAsync(InodeOf(request)));

    private async ValueTask<int> SyncRootAsync(FuseReply reply) => reply.Done(await _files.SyncAsync(_files.Root));

    private async ValueTask<int> AllocateAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseAllocateRequest allocate))
            return reply.Done(Errno.EINVAL);
        InodeNumber inode = InodeOf(request);
        var offset = (long)allocate.Offset;
        var length = (long)allocate.Length;
        return reply.Done(allocate.Modes switch
        {
            LinuxAllocateModes.None => await _files.AllocateAsync(inode, offset, length),
            LinuxAllocateModes.KeepSize => await AllocateWithinAsync(inode, offset, length),
            LinuxAllocateModes.PunchHole | LinuxAllocateModes.KeepSize => await _files.PunchHoleAsync(inode, offset, length),
            LinuxAllocateModes.ZeroRange => await ZeroAsync(inode, offset, length, _files.AllocateAsync),
            LinuxAllocateModes.ZeroRange | LinuxAllocateModes.KeepSize =>
                await ZeroAsync(inode, offset, length, AllocateWithinAsync),
            _ => Errno.EOPNOTSUPP,
        });
    }

    /// <summary>Nothing is allocated past the end of a file: what reaches further is EOPNOTSUPP.</summary>
    private async Task<Errno> AllocateWithinAsync(InodeNumber inode, long offset, long length)
    {
        Result<InodeAttributes> found = await _files.GetAttributesAsync(inode);
        return !found.IsOk ? found.Error
            : found.Value.Type == FileType.Regular && length > found.Value.Size - offset ? Errno.EOPNOTSUPP
            : await _files.AllocateAsync(inode, offset, length);
    }

    /// <summary>Two steps, after each of which the range reads as zeros.</summary>
    private async ValueTask<Errno> ZeroAsync(
        InodeNumber inode, long offset, long length, Func<InodeNumber, long, long, Task<Errno>> allocate)
    {
        Errno error = await _files.PunchHoleAsync(inode, offset, length);
        return error == Errno.OK ? await allocate(inode, offset, length) : error;
    }

    private async ValueTask<int> SeekAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseSeekRequest seek) || seek.Whence is not (SeekData or SeekHole))
            return reply.Done(Errno.EINVAL);
        Result<long> found = await _files.SeekAsync(
            InodeOf(request), (long)seek.Offset, seek.Whence == SeekData ? SeekTarget.Data : SeekTarget.Hole);
        return found.IsOk ? reply.Answer(new FuseSeekReply((ulong)found.Value)) : reply.Done(found.Error);
    }

    /// <summary>Copies as much as one request may move, and answers how much that was: the caller asks again for the rest.</summary>
    private async ValueTask<int> CopyAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseCopyRequest copy) || copy.Flags != 0)
            return reply.Done(Errno.EINVAL);
        InodeNumber target = _nodes.InodeOf(copy.ToNode);
        Errno error = await DropPrivilegesAsync(target, dropsSetIds: true);
        if (error != Errno.OK)
            return reply.Done(error);
        int length = (int)Math.Min(copy.Length, (ulong)_options.MaxTransfer);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        Result<int> moved = await _files.ReadAsync(InodeOf(request), (long)copy.FromOffset, buffer.AsMemory(0, length));
        if (moved.IsOk)
            moved = await _files.WriteAsync(target, (long)copy.ToOffset, buffer.AsMemory(0, moved.Value));
        ArrayPool<byte>.Shared.Return(buffer);
        return moved.IsOk ? reply.Answer(new FuseWriteReply((uint)moved.Value, 0)) : reply.Done(moved.Error);
    }
}
