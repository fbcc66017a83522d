using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/// <summary>The simulated disk of a host, as the <see cref="IDisk"/> that a block server asks for.</summary>
public sealed class SimulatedDisk(DiskHandle disk) : IDisk
{
    public async Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode)
    {
        var (status, file) = await disk.OpenAsync(name, mode switch
        {
            DiskOpenMode.Open => OpenMode.Existing,
            DiskOpenMode.CreateNew => OpenMode.New,
            _ => OpenMode.Any,
        });
        return file is null ? ToErrno(status) : new SimulatedFile(file);
    }

    public async Task<Errno> DeleteAsync(string name) => ToErrno(await disk.DeleteAsync(name));

    public async Task<Errno> RenameAsync(string from, string to) => ToErrno(await disk.RenameAsync(from, to));

    public async Task<Result<IReadOnlyList<string>>> ListAsync() => (await disk.ListAsync()).ToArray();

    public async Task<Errno> FlushFolderAsync() => ToErrno(await disk.FlushFolderAsync());

    public async Task<Errno> LockAsync() => ToErrno(await disk.LockAsync());

    private static Errno ToErrno(DiskStatus status) => status switch
    {
        DiskStatus.Ok => Errno.OK,
        DiskStatus.NotFound => Errno.ENOENT,
        DiskStatus.Exists => Errno.EEXIST,
        DiskStatus.Full => Errno.ENOSPC,
        DiskStatus.Busy => Errno.EBUSY,
        _ => Errno.EIO,
    };

    private sealed class SimulatedFile(FileHandle file) : IDiskFile
    {
        private static readonly Func<DiskStatus, Errno> Translate = ToErrno;

        public Task<Errno> ReadAsync(long offset, Memory<byte> destination) => file.ReadAsync(offset, destination, Translate);

        public Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source) => file.WriteAsync(offset, source, Translate);

        public Task<Errno> FlushAsync() => file.FlushAsync(Translate);

        public Task<Errno> TruncateAsync(long length) => file.TruncateAsync(length, Translate);

        public async Task<Result<long>> LengthAsync() => await file.LengthAsync();
    }
}
