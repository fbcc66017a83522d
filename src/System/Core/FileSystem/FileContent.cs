using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The bytes of regular files.</summary>
internal sealed class FileContent(Volume volume, Committer committer)
{
    /// <summary>Bytes that a long read brings into the cache at a time.</summary>
    private const int LongestLoad = 1 << 20;

    private VolumeLayout Layout => volume.Layout;

    /// <summary>
    /// Bytes read, up to the end of the file, or up to the first block that cannot be read: an error only if that is
    /// the very first.
    /// </summary>
    public async ValueTask<Result<int>> ReadAsync(Inode inode, long offset, Memory<byte> destination)
    {
        int wanted = (int)Math.Clamp(inode.Size - offset, 0, destination.Length);
        int done = 0;
        while (done < wanted)
        {
            volume.Cache.ReleaseUnchanged();
            Result<int> read = await ReadSomeAsync(inode, offset + done, destination[done..wanted]);
            if (!read.IsOk)
                return done > 0 ? done : read.Error;
            done += read.Value;
        }

        return done;
    }

    /// <summary>
    /// Bytes written: fewer than asked if the size limit, the space or an error ended it after the first. EFBIG,
    /// ENOSPC, EUCLEAN, EIO. A write that makes too many blocks dirty is committed in parts, each of them a state that
    /// a shorter write would have left.
    /// </summary>
    public async ValueTask<Result<int>> WriteAsync(Inode inode, long offset, ReadOnlyMemory<byte> source)
    {
        if (offset >= Layout.MaxFileSize)
            return Errno.EFBIG;
        int wanted = (int)Math.Min(source.Length, Layout.MaxFileSize - offset);
        int done = 0;
        while (done < wanted)
        {
            if (!committer.HasRoomFor(Layout.LargestBlockWrite))
            {
                Result<Inode> again = await SplitAsync(inode.Number);
                if (!again.IsOk)
                    return done > 0 ? done : again.Error;
                inode = again.Value;
            }

            long position = offset + done;
            int inBlock = (int)(position % Layout.BlockSize);
            int length = Math.Min(wanted - done, Layout.BlockSize - inBlock);
            Errno error = await WriteBlockAsync(inode, position, source.Slice(done, length));
            if (error != Errno.OK)
                return done > 0 ? done : error;
            done += length;
            if (position + length > inode.Size)
                inode.Size = position + length;
            inode.NoteModified(volume.Now);
        }

        return done;
    }

    /// <summary>Sets the size: EFBIG, EUCLEAN, EIO, after which the step must be rolled back.</summary>
    public async ValueTask<Errno> TruncateAsync(Inode inode, long size, bool setsTimes)
    {
        if (size > Layout.MaxFileSize)
            return Errno.EFBIG;
        long before = inode.Size;
        if (size != before || setsTimes)
            inode.NoteModified(volume.Now);
        if (size == before)
            return Errno.OK;
        inode.Size = size;
        if (size > before)
            return Errno.OK;

        int tail = (int)(size % Layout.BlockSize);
        if (tail != 0)
        {
            Result<uint> last = await volume.Map.FindAsync(inode, size / Layout.BlockSize);
            if (!last.IsOk)
                return last.Error;
            if (last.Value != 0)
            {
                Result<CachedBlock> block = await volume.Cache.GetAsync(last.Value);
                if (!block.IsOk)
                    return block.Error;
                block.Value.Change()[tail..].Clear();
            }
        }

        return await volume.Map.FreeFromAsync(inode, Layout.BlocksFor(size));
    }

    /// <summary>Reads at least one byte, from blocks that are brought into the cache together.</summary>
    private async ValueTask<Result<int>> ReadSomeAsync(Inode inode, long offset, Memory<byte> destination)
    {
        long first = offset / Layout.BlockSize;
        long end = Layout.BlocksFor(offset + destination.Length);
        int atOnce = Math.Max(1, Math.Min(LongestLoad / Layout.BlockSize, volume.Cache.Capacity / 2));
        int count = (int)Math.Min(end - first, atOnce);
        if (count > 1)
        {
            Errno error = await volume.Map.LoadAsync(inode, first, count);
            if (error != Errno.OK)
                return error;
        }

        int done = 0;
        for (long index = first; index < first + count; index++)
        {
            int inBlock = (int)((offset + done) % Layout.BlockSize);
            int length = Math.Min(destination.Length - done, Layout.BlockSize - inBlock);
            Errno error = await ReadBlockAsync(inode, index, inBlock, destination.Slice(done, length));
            if (error != Errno.OK)
                return done > 0 ? done : error;
            done += length;
        }

        return done;
    }

    private async ValueTask<Errno> ReadBlockAsync(Inode inode, long index, int inBlock, Memory<byte> destination)
    {
        Result<uint> pointer = await volume.Map.FindAsync(inode, index);
        if (!pointer.IsOk)
            return pointer.Error;
        if (pointer.Value == 0)
        {
            destination.Span.Clear();
            return Errno.OK;
        }

        Result<CachedBlock> block = await volume.Cache.GetAsync(pointer.Value);
        if (!block.IsOk)
            return block.Error;
        block.Value.Bytes.Slice(inBlock, destination.Length).CopyTo(destination.Span);
        return Errno.OK;
    }

    /// <summary>Writes within one block. On an error nothing is changed.</summary>
    private async ValueTask<Errno> WriteBlockAsync(Inode inode, long position, ReadOnlyMemory<byte> source)
    {
        long index = position / Layout.BlockSize;
        int inBlock = (int)(position % Layout.BlockSize);
        Result<uint> pointer = await volume.Map.FindAsync(inode, index);
        if (!pointer.IsOk)
            return pointer.Error;
        if (pointer.Value != 0 && inBlock == 0 && position + source.Length >= Math.Min(inode.Size, position + Layout.BlockSize))
        {
            // All that the block holds is overwritten, so it is not read: a write also mends a block that is lost.
            Span<byte> whole = volume.Cache.Claim(pointer.Value).Change();
            source.Span.CopyTo(whole);
            whole[source.Length..].Clear();
            return Errno.OK;
        }

        Result<CachedBlock> block = pointer.Value == 0
            ? await volume.Map.FillAsync(inode, index)
            : await volume.Cache.GetAsync(pointer.Value);
        if (!block.IsOk)
            return block.Error;
        source.Span.CopyTo(block.Value.Change()[inBlock..]);
        return Errno.OK;
    }

    /// <summary>Commits what a long write has done so far and goes on in a new step.</summary>
    private async ValueTask<Result<Inode>> SplitAsync(InodeNumber number)
    {
        volume.Accept();
        Errno error = await committer.CommitAsync();
        volume.Begin(volume.Now);
        return error == Errno.OK ? await volume.Inodes.GetAsync(number) : error;
    }
}
