using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The bytes of regular files.</summary>
internal sealed class FileContent(Volume volume, Committer committer)
{
    /// <summary>Bytes that a long read brings into the cache at a time.</summary>
    private const int LongestLoad = 1 << 20;

    private VolumeLayout Layout => volume.Layout;

    /// <summary>Blocks of which one read may fill the cache.</summary>
    private int MostAtOnce => volume.Cache.Capacity / 2;

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
            if (volume.Cache.IsShort && Layout.BlocksFor(wanted) > MostAtOnce)
                return volume.Cache.RefuseAttempt();
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
        if (MustSplit(Layout.BlocksFor(wanted)))
            return volume.Cache.RefuseAttempt();
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

        long keep = Layout.BlocksFor(size);
        Errno error = await ClearAsync(inode, size, keep * Layout.BlockSize);
        return error == Errno.OK ? await volume.Map.FreeFromAsync(inode, keep) : error;
    }

    /// <summary>
    /// Fills the holes of a range and grows the file to its end: EFBIG, ENOSPC, EUCLEAN, EIO. Where that makes too many blocks dirty it is
    /// committed in parts, which differ in nothing that can be read.
    /// </summary>
    public async ValueTask<Errno> AllocateAsync(Inode inode, long offset, long length)
    {
        if (offset > Layout.MaxFileSize - length)
            return Errno.EFBIG;
        long end = Layout.BlocksFor(offset + length);
        Result<long> needed = await volume.Map.CountToFillAsync(inode, offset / Layout.BlockSize, end);
        if (!needed.IsOk)
            return needed.Error;
        if (needed.Value > volume.FreeBlocks)
            return Errno.ENOSPC;
        if (MustSplit(needed.Value))
            return volume.Cache.RefuseAttempt();
        Result<Inode> counted = await volume.Inodes.GetAsync(inode.Number);
        if (!counted.IsOk)
            return counted.Error;

        // Changed before anything else is read, so that its block stays in memory.
        inode = counted.Value;
        inode.Size = Math.Max(inode.Size, offset + length);
        inode.NoteModified(volume.Now);
        for (long index = offset / Layout.BlockSize; index < end; index++)
        {
            if (!committer.HasRoomFor(Layout.LargestBlockWrite))
            {
                Result<Inode> again = await SplitAsync(inode.Number);

                // What was grown so far can be read. Nobody will write there, and the commit's failure is told to whoever syncs.
                if (committer.Protection != Errno.OK)
                    return Errno.OK;
                if (!again.IsOk)
                    return again.Error;
                inode = again.Value;
                inode.NoteModified(volume.Now);
            }

            volume.Cache.ReleaseUnchanged();
            Result<long> hole = await volume.Map.SeekAsync(inode, index, end, wantsHole: true);
            if (!hole.IsOk || hole.Value == end)
                return hole.Error;
            index = hole.Value;
            Result<CachedBlock> filled = await volume.Map.FillAsync(inode, index);
            if (!filled.IsOk)
                return filled.Error;
        }

        return Errno.OK;
    }

    /// <summary>Clears a range, and frees the blocks that are wholly in it: EFBIG, EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> PunchHoleAsync(Inode inode, long offset, long length)
    {
        if (offset > Layout.MaxFileSize - length)
            return Errno.EFBIG;
        long end = offset + length;
        long firstWhole = Layout.BlocksFor(offset);
        long endWhole = end / Layout.BlockSize;
        inode.NoteModified(volume.Now);

        // Where all is within one block, both are the same bytes.
        Errno error = await ClearAsync(inode, offset, Math.Min(end, firstWhole * Layout.BlockSize));
        if (error == Errno.OK)
            error = await ClearAsync(inode, Math.Max(offset, endWhole * Layout.BlockSize), end);
        return error == Errno.OK && firstWhole < endWhole ? await volume.Map.FreeAsync(inode, firstWhole, endWhole) : error;
    }

    /// <summary>The first byte of data or of a hole, from an offset on: ENXIO, EUCLEAN, EIO.</summary>
    public async ValueTask<Result<long>> SeekAsync(Inode inode, long offset, SeekTarget target)
    {
        if (offset < 0 || offset >= inode.Size)
            return Errno.ENXIO;
        bool wantsHole = target == SeekTarget.Hole;
        long end = Layout.BlocksFor(inode.Size);
        Result<long> found = await volume.Map.SeekAsync(inode, offset / Layout.BlockSize, end, wantsHole);
        if (!found.IsOk)
            return found.Error;
        if (found.Value == end)
            return wantsHole ? inode.Size : Errno.ENXIO;
        return Math.Max(offset, found.Value * Layout.BlockSize);
    }

    /// <summary>Clears the bytes [from, to) of a file, all of one block, if that is there.</summary>
    private async ValueTask<Errno> ClearAsync(Inode inode, long from, long to)
    {
        if (from == to)
            return Errno.OK;
        Result<uint> pointer = await volume.Map.FindAsync(inode, from / Layout.BlockSize);
        if (!pointer.IsOk || pointer.Value == 0)
            return pointer.Error;
        Result<CachedBlock> block = await volume.Cache.GetAsync(pointer.Value);
        if (block.IsOk)
            block.Value.Change().Slice((int)(from % Layout.BlockSize), (int)(to - from)).Clear();
        return block.Error;
    }

    /// <summary>Reads at least one byte, from blocks that are brought into the cache together.</summary>
    private async ValueTask<Result<int>> ReadSomeAsync(Inode inode, long offset, Memory<byte> destination)
    {
        long first = offset / Layout.BlockSize;
        long end = Layout.BlocksFor(offset + destination.Length);
        int atOnce = Math.Max(1, Math.Min(LongestLoad / Layout.BlockSize, MostAtOnce));
        int count = (int)Math.Min(end - first, atOnce);
        if (count > 1)
            await volume.Map.LoadAsync(inode, first, count);
        if (volume.Cache.IsShort)
            return Errno.EIO;

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

    /// <summary>Whether this is an attempt at what may have to be committed in parts.</summary>
    /// <param name="blocks">To be written, those of pointers aside.</param>
    private bool MustSplit(long blocks) => volume.Cache.IsAttempt && !committer.HasRoomFor(blocks + Layout.LargestBlockWrite);

    /// <summary>Commits what a long write has done so far and goes on in a new step. An attempt cannot.</summary>
    private async ValueTask<Result<Inode>> SplitAsync(InodeNumber number)
    {
        if (volume.Cache.IsAttempt)
            return volume.Cache.RefuseAttempt();
        volume.Accept();
        Errno error = await committer.CommitAsync();
        volume.Begin(volume.Now);
        return error == Errno.OK ? await volume.Inodes.GetAsync(number) : error;
    }
}
