using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Brings what a file's reader will want next into the cache: whoever reads on where the last read ended gets the blocks behind it
/// while he works on these, twice as many each time.
/// </summary>
/// <param name="volume">Whose files.</param>
/// <param name="frame">A load is an operation that looks.</param>
internal sealed class ReadAhead(Volume volume, OperationFrame frame)
{
    private const int FirstWindow = 128 * 1024;
    private const int LargestWindow = 1024 * 1024;

    /// <summary>Readers that are remembered: of more, the one that has not read for longest is forgotten.</summary>
    private const int MostReaders = 16;

    private readonly LinkedList<Reader> _readers = [];
    private Task _load = Task.CompletedTask;
    private bool _isStopped;

    /// <summary>A read has been done.</summary>
    /// <param name="file">Of which.</param>
    /// <param name="size">The file's, in bytes.</param>
    /// <param name="offset">Bytes from its beginning.</param>
    /// <param name="length">Bytes read.</param>
    public void Note(InodeNumber file, long size, long offset, int length)
    {
        long end = offset + length;
        LinkedListNode<Reader>? found = Find(file, offset);
        if (found is not null)
            _readers.Remove(found);
        if (length == 0 || end >= size)
            return;

        int blockSize = volume.Layout.BlockSize;
        int largest = Math.Min(LargestWindow / blockSize, volume.Cache.Capacity / 4);
        long next = volume.Layout.BlocksFor(end);
        Reader reader = found?.Value is { } before
            ? before with { End = end, Window = Math.Min(2 * before.Window, largest) }
            : new Reader(file, end, Loaded: next, Math.Min(FirstWindow / blockSize / 2, largest));
        long loadEnd = Math.Min(next + reader.Window, volume.Layout.BlocksFor(size));
        bool isDue = found is not null && reader.Loaded < next + (reader.Window / 2) && reader.Loaded < loadEnd;
        if (isDue && _load.IsCompleted && !_isStopped)
        {
            long first = Math.Max(reader.Loaded, next);
            _load = LoadAsync(file, first, (int)(loadEnd - first));
            reader = reader with { Loaded = loadEnd };
        }

        if (_readers.Count == MostReaders)
            _readers.RemoveLast();
        _readers.AddFirst(reader);
    }

    /// <summary>Begins no further load, and waits for the one under way.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _load;
    }

    private LinkedListNode<Reader>? Find(InodeNumber file, long end)
    {
        for (LinkedListNode<Reader>? node = _readers.First; node is not null; node = node.Next)
        {
            if (node.Value.File == file && node.Value.End == end)
                return node;
        }

        return null;
    }

    private Task LoadAsync(InodeNumber file, long first, int count) => frame.ObserveAsync(async ValueTask<Errno> () =>
    {
        // What attempts alone do not bring is not worth that others wait for it.
        if (!volume.Cache.IsAttempt)
            return Errno.OK;
        Result<Inode> inode = await volume.Inodes.GetAsync(file);
        long end = inode is { IsOk: true, Value.Type: FileType.Regular } ? volume.Layout.BlocksFor(inode.Value.Size) : 0;

        // What cannot be read is left out: whoever wants it is told.
        if (first < end)
            await volume.Map.LoadAsync(inode.Value, first, (int)Math.Min(count, end - first));
        return Errno.OK;
    });

    /// <summary>One who reads a file from front to back.</summary>
    /// <param name="File">Which.</param>
    /// <param name="End">Where his last read ended, in bytes.</param>
    /// <param name="Loaded">The first block behind those that he has, or that are on their way.</param>
    /// <param name="Window">Blocks to have ready for him.</param>
    private sealed record Reader(InodeNumber File, long End, long Loaded, int Window);
}
