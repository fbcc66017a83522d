using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Experiment;

/// <summary>A device that counts what a single server in its place would be asked.</summary>
internal sealed class CountingDevice(IBlockDevice inner) : IBlockDevice
{
    /// <summary>What one message carries at most: as in the protocol.</summary>
    private const int BytesPerRequest = 256 * 1024;

    public int BlockSize => inner.BlockSize;

    public long BlockCount => inner.BlockCount;

    public int MaxUncommittedBlocks => inner.MaxUncommittedBlocks;

    public long Requests { get; private set; }

    public Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
    {
        Count(destination.Length);
        return inner.ReadAsync(first, destination, cancellation);
    }

    public Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
    {
        Count(source.Length);
        return inner.WriteAsync(first, source, cancellation);
    }

    public Task<Errno> CommitAsync(CancellationToken cancellation = default)
    {
        Requests++;
        return inner.CommitAsync(cancellation);
    }

    private void Count(int bytes) => Requests += (bytes + BytesPerRequest - 1) / BytesPerRequest;
}
