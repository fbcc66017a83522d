using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Server.Mischief;

/// <summary>
/// A disk that shows other bytes than were written wherever one row's block lies: each read finds its first byte inverted, and
/// the server's checksum does not match. What is on the disk is left alone.
/// </summary>
/// <remarks>
/// A block that is written anew goes to another place, and is corrupt there as well: whoever tries this out sees it at every
/// read. Called from the server's one executor.
/// </remarks>
internal sealed class CorruptingDisk(IDisk disk, Row row) : IDisk
{
    private MemberStore? _store;

    /// <summary>From now on the store's row is corrupt.</summary>
    public void Corrupt(MemberStore store) => _store = store;

    /// <inheritdoc/>
    public async Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode)
    {
        Result<IDiskFile> file = await disk.OpenAsync(name, mode);
        return file.IsOk && name == MemberStore.SlotFileName ? new CorruptingFile(file.Value, this) : file;
    }

    /// <inheritdoc/>
    public Task<Errno> DeleteAsync(string name) => disk.DeleteAsync(name);

    /// <inheritdoc/>
    public Task<Errno> RenameAsync(string from, string to) => disk.RenameAsync(from, to);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<string>>> ListAsync() => disk.ListAsync();

    /// <inheritdoc/>
    public Task<Errno> FlushFolderAsync() => disk.FlushFolderAsync();

    /// <inheritdoc/>
    public Task<Errno> LockAsync() => disk.LockAsync();

    private IEnumerable<long> CorruptOffsets() => _store?.OffsetsOf(row) ?? [];

    private sealed class CorruptingFile(IDiskFile file, CorruptingDisk disk) : IDiskFile
    {
        public async Task<Errno> ReadAsync(long offset, Memory<byte> destination)
        {
            long[] corrupt = [.. disk.CorruptOffsets().Where(at => at >= offset && at < offset + destination.Length)];
            Errno error = await file.ReadAsync(offset, destination);
            foreach (long at in corrupt)
            {
                destination.Span[(int)(at - offset)] ^= byte.MaxValue;
            }

            return error;
        }

        public Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source) => file.WriteAsync(offset, source);

        public Task<Errno> FlushAsync() => file.FlushAsync();

        public Task<Errno> TruncateAsync(long length) => file.TruncateAsync(length);

        public Task<Result<long>> LengthAsync() => file.LengthAsync();
    }
}
