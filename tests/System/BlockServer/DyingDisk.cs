using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// The disk of a process that is killed while the machine goes on: one call is the last that takes effect, and neither
/// it nor any later one ever ends. What the kernel has, flushed or not, the next process sees.
/// </summary>
/// <param name="disk">The disk itself.</param>
/// <param name="lastCall">Which call is the last, counted from 1 at each <see cref="BeginCounting"/>.</param>
internal sealed class DyingDisk(IDisk disk, long lastCall) : IDisk
{
    private bool _counts;

    /// <summary>Calls counted.</summary>
    public long Calls { get; private set; }

    public bool IsDead { get; private set; }

    /// <summary>Nothing dies of the calls before.</summary>
    public void BeginCounting() => _counts = true;

    public async Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode)
    {
        Result<IDiskFile> opened = await CallAsync(() => disk.OpenAsync(name, mode));
        return opened.IsOk ? new DyingFile(this, opened.Value) : opened;
    }

    public Task<Errno> DeleteAsync(string name) => CallAsync(() => disk.DeleteAsync(name));

    public Task<Errno> RenameAsync(string from, string to) => CallAsync(() => disk.RenameAsync(from, to));

    public Task<Result<IReadOnlyList<string>>> ListAsync() => CallAsync(disk.ListAsync);

    public Task<Errno> FlushFolderAsync() => CallAsync(disk.FlushFolderAsync);

    public Task<Errno> LockAsync() => CallAsync(disk.LockAsync);

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        Calls += _counts ? 1 : 0;
        bool isLast = Calls == lastCall && _counts;
        if (!IsDead)
        {
            T result = await call();
            if (!isLast)
            {
                return result;
            }

            IsDead = true;
        }

        return await new TaskCompletionSource<T>().Task;
    }

    private sealed class DyingFile(DyingDisk disk, IDiskFile file) : IDiskFile
    {
        public Task<Errno> ReadAsync(long offset, Memory<byte> destination) =>
            disk.CallAsync(() => file.ReadAsync(offset, destination));

        public Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source) =>
            disk.CallAsync(() => file.WriteAsync(offset, source));

        public Task<Errno> FlushAsync() => disk.CallAsync(file.FlushAsync);

        public Task<Errno> TruncateAsync(long length) => disk.CallAsync(() => file.TruncateAsync(length));

        public Task<Result<long>> LengthAsync() => disk.CallAsync(file.LengthAsync);
    }
}
