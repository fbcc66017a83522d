using Microsoft.Win32.SafeHandles;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>An open file of a <see cref="FileDisk"/>, one for all who opened its name.</summary>
internal sealed class DiskFile : IDiskFile
{
    /// <summary>
    /// Bytes that are read by the caller's own thread if the kernel has them in memory: two changes of thread cost more than
    /// to copy so many. More of them would keep the executor from all else.
    /// </summary>
    private const int MostAtOnce = 64 * 1024;

    private static readonly Task<Errno> Succeeded = Task.FromResult(Errno.OK);

    private readonly SafeFileHandle _handle;
    private readonly DiskCalls _calls;
    private readonly SharedFlush _flush;

    public DiskFile(SafeFileHandle handle, DiskCalls calls)
    {
        _handle = handle;
        _calls = calls;
        _flush = new SharedFlush(() => LinuxCalls.Flush(handle));
    }

    /// <inheritdoc/>
    public Task<Errno> ReadAsync(long offset, Memory<byte> destination)
    {
        RequireAddressable(offset, destination.Length);
        if (destination.Length <= MostAtOnce
            && _calls.RunAtOnce(() => LinuxCalls.ReadCached(_handle, offset, destination.Span)) == destination.Length)
        {
            return Succeeded;
        }

        return _calls.RunAsync(() =>
        {
            Span<byte> rest = destination.Span;
            while (!rest.IsEmpty)
            {
                int count = RandomAccess.Read(_handle, rest, offset);
                if (count == 0)
                {
                    rest.Clear();
                    break;
                }

                offset += count;
                rest = rest[count..];
            }

            return Errno.OK;
        });
    }

    /// <inheritdoc/>
    public Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source)
    {
        RequireAddressable(offset, source.Length);
        return _calls.RunAsync(() =>
        {
            // Repeats by itself what the kernel wrote in part.
            RandomAccess.Write(_handle, source.Span, offset);
            return Errno.OK;
        });
    }

    /// <inheritdoc/>
    /// <remarks>Once it has failed it fails for as long as the file is open: see <see cref="SharedFlush"/>.</remarks>
    public Task<Errno> FlushAsync() => _calls.TrackAsync(_flush.FlushAsync);

    /// <inheritdoc/>
    public Task<Errno> TruncateAsync(long length)
    {
        RequireAddressable(length, 0);
        return _calls.RunAsync(() =>
        {
            RandomAccess.SetLength(_handle, length);
            return Errno.OK;
        });
    }

    /// <inheritdoc/>
    public Task<Result<long>> LengthAsync() => _calls.RunAsync<long>(() => RandomAccess.GetLength(_handle));

    /// <summary>Closes the descriptor. No call is under way.</summary>
    internal void Close() => _handle.Dispose();

    private static void RequireAddressable(long offset, int length) => Invariant.Require(
        offset >= 0 && offset <= long.MaxValue - length, "a file is addressed by non-negative 64-bit offsets");
}
