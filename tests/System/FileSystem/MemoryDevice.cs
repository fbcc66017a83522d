using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>
/// A block device in memory that keeps the contract of <see cref="IBlockDevice"/>: a crash leaves what was committed.
/// It fails the test that breaks the contract, and fails on request.
/// </summary>
public sealed class MemoryDevice(int blockSize, long blockCount, int maxUncommittedBlocks = 512) : IBlockDevice
{
    private readonly SortedDictionary<long, byte[]> _committed = [];
    private readonly SortedDictionary<long, byte[]> _open = [];

    public int BlockSize => blockSize;

    public long BlockCount => blockCount;

    public int MaxUncommittedBlocks => maxUncommittedBlocks;

    /// <summary>Blocks that answer EIO when they are read.</summary>
    public HashSet<long> Unreadable { get; } = [];

    /// <summary>Blocks that answer EIO when they are written.</summary>
    public HashSet<long> Unwritable { get; } = [];

    public bool FailsCommits { get; set; }

    public int Commits { get; private set; }

    /// <summary>First block and number of blocks of each read so far.</summary>
    public List<(long First, int Count)> Reads { get; } = [];

    /// <summary>First block and number of blocks of each write so far.</summary>
    public List<(long First, int Count)> Writes { get; } = [];

    /// <summary>Called after each commit that was acknowledged.</summary>
    public Action? Committed { get; set; }

    public Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
    {
        int count = CountOf(first, destination.Length);
        Reads.Add((first.Value, count));
        for (int i = 0; i < count; i++)
        {
            long block = first.Value + i;
            if (Unreadable.Contains(block))
                return Task.FromResult(Errno.EIO);
            Peek(block).CopyTo(destination.Span[(i * blockSize)..]);
        }

        return Task.FromResult(Errno.OK);
    }

    public Task<Errno> WriteAsync(
        BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
    {
        int count = CountOf(first, source.Length);
        Writes.Add((first.Value, count));
        for (int i = 0; i < count; i++)
        {
            long block = first.Value + i;
            if (Unwritable.Contains(block))
                return Task.FromResult(Errno.EIO);
            _open[block] = source.Slice(i * blockSize, blockSize).ToArray();
        }

        Assert.True(_open.Count <= maxUncommittedBlocks, $"{_open.Count} blocks were written in one commit");
        return Task.FromResult(Errno.OK);
    }

    public Task<Errno> CommitAsync(CancellationToken cancellation = default)
    {
        if (FailsCommits)
            return Task.FromResult(Errno.EIO);
        foreach ((long block, byte[] content) in _open)
            _committed[block] = content;
        _open.Clear();
        Commits++;
        Committed?.Invoke();
        return Task.FromResult(Errno.OK);
    }

    /// <summary>Loses what was not committed.</summary>
    public void Crash() => _open.Clear();

    /// <summary>Another device, with what this one has committed.</summary>
    public MemoryDevice CopyOfCommitted()
    {
        var copy = new MemoryDevice(blockSize, blockCount, maxUncommittedBlocks);
        foreach ((long block, byte[] content) in _committed)
            copy._committed[block] = [.. content];
        return copy;
    }

    /// <summary>Changes the content of a block as committed: damage that no checksum shows.</summary>
    public void Damage(long block, Action<byte[]> change)
    {
        byte[] content = [.. Peek(block)];
        change(content);
        _committed[block] = content;
        _open.Remove(block);
    }

    /// <summary>Every block that was ever written.</summary>
    public IEnumerable<long> Touched => _committed.Keys.Concat(_open.Keys).Distinct();

    public byte[] Peek(long block) =>
        _open.TryGetValue(block, out byte[]? open) ? open
        : _committed.TryGetValue(block, out byte[]? committed) ? committed
        : new byte[blockSize];

    private int CountOf(BlockAddress first, int bytes)
    {
        Assert.True(bytes > 0 && bytes % blockSize == 0, $"{bytes} bytes are no whole number of blocks");
        int count = bytes / blockSize;
        Assert.InRange(first.Value, 0, blockCount - count);
        return count;
    }
}
