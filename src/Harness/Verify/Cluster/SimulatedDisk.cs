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
        public async Task<Errno> ReadAsync(long offset, Memory<byte> destination) =>
            ToErrno(await file.ReadAsync(offset, destination));

        public async Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source) =>
            ToErrno(await file.WriteAsync(offset, source));

        public async Task<Errno> FlushAsync() => ToErrno(await file.FlushAsync());

        public async Task<Errno> TruncateAsync(long length) => ToErrno(await file.TruncateAsync(length));

        public async Task<Result<long>> LengthAsync() => await file.LengthAsync();
    }
}
