using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Cluster;

/// <summary>
/// The files of a client: by path or, where it has one open, by the name that it gave it (<see cref="OpenName"/>).
/// </summary>
/// <param name="paths">All that is done by path alone.</param>
internal sealed class ClientPaths(PathOperations paths)
{
    private readonly Dictionary<string, OpenFile> _open = new(StringComparer.Ordinal);

    /// <summary>What is done by path alone.</summary>
    public PathOperations ByPath => paths;

    /// <summary>open(2); if it answers OK, what was open by that name is closed, as by dup2(2).</summary>
    public async Task<Errno> OpenAsync(string name, string path, OpenFlags flags, Ownership owner)
    {
        Result<OpenFile> opened = await paths.OpenAsync(path, flags, owner);
        if (opened.IsOk)
        {
            await CloseAsync(name);
            _open.Add(name, opened.Value);
        }

        return opened.Error;
    }

    public async Task<Errno> CloseAsync(string name)
    {
        if (!_open.Remove(name, out OpenFile? file))
        {
            return Errno.EBADF;
        }

        await file.CloseAsync();
        return Errno.OK;
    }

    /// <summary>Only of an open file.</summary>
    public Task<Errno> AllocateAsync(string name, long offset, long length) =>
        OnOpenAsync(name, file => file.AllocateAsync(offset, length));

    /// <summary>Only of an open file.</summary>
    public Task<Errno> PunchHoleAsync(string name, long offset, long length) =>
        OnOpenAsync(name, file => file.PunchHoleAsync(offset, length));

    /// <summary>Only of an open file.</summary>
    public Task<Result<long>> SeekAsync(string name, long offset, SeekTarget target) =>
        OnOpenAsync(name, file => file.SeekAsync(offset, target));

    public Task<Result<InodeAttributes>> GetAttributesAsync(string path) =>
        OnAsync(path, static file => file.GetAttributesAsync(), paths.GetAttributesAsync);

    public Task<Result<InodeAttributes>> SetAttributesAsync(string path, AttributeChange change) =>
        OnAsync(path, file => file.SetAttributesAsync(change), named => paths.SetAttributesAsync(named, change));

    public Task<Result<int>> ReadAsync(string path, long offset, Memory<byte> destination) =>
        OnAsync(path, file => file.ReadAsync(offset, destination), named => paths.ReadAsync(named, offset, destination));

    public Task<Result<int>> WriteAsync(string path, long offset, ReadOnlyMemory<byte> source) =>
        OnAsync(path, file => file.WriteAsync(offset, source), named => paths.WriteAsync(named, offset, source));

    public Task<Errno> TruncateAsync(string path, long size) =>
        OnAsync(path, file => file.TruncateAsync(size), named => paths.TruncateAsync(named, size));

    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(string path, int atATime) =>
        OnAsync(path, file => file.ReadDirectoryAsync(atATime), named => paths.ReadDirectoryAsync(named, atATime));

    public Task<Errno> SyncAsync(string path) => OnAsync(path, static file => file.SyncAsync(), paths.SyncAsync);

    public Task<Result<byte[]>> GetExtendedAttributeAsync(string path, string name) => OnAsync(
        path, file => file.GetExtendedAttributeAsync(name), named => paths.GetExtendedAttributeAsync(named, name));

    public Task<Result<IReadOnlyList<string>>> ListExtendedAttributesAsync(string path) =>
        OnAsync(path, static file => file.ListExtendedAttributesAsync(), paths.ListExtendedAttributesAsync);

    public Task<Errno> SetExtendedAttributeAsync(string path, string name, byte[] value, AttributeMode mode) => OnAsync(
        path,
        file => file.SetExtendedAttributeAsync(name, value, mode),
        named => paths.SetExtendedAttributeAsync(named, name, value, mode));

    public Task<Errno> RemoveExtendedAttributeAsync(string path, string name) => OnAsync(
        path, file => file.RemoveExtendedAttributeAsync(name), named => paths.RemoveExtendedAttributeAsync(named, name));

    private Task<Result<T>> OnAsync<T>(
        string path, Func<OpenFile, Task<Result<T>>> onOpen, Func<string, Task<Result<T>>> onPath) =>
        OpenName.Is(path) ? OnOpenAsync(path, onOpen) : onPath(path);

    private Task<Errno> OnAsync(string path, Func<OpenFile, Task<Errno>> onOpen, Func<string, Task<Errno>> onPath) =>
        OpenName.Is(path) ? OnOpenAsync(path, onOpen) : onPath(path);

    private Task<Result<T>> OnOpenAsync<T>(string name, Func<OpenFile, Task<Result<T>>> operation) =>
        _open.TryGetValue(name, out OpenFile? file) ? operation(file) : Task.FromResult<Result<T>>(Errno.EBADF);

    private Task<Errno> OnOpenAsync(string name, Func<OpenFile, Task<Errno>> operation) =>
        _open.TryGetValue(name, out OpenFile? file) ? operation(file) : Task.FromResult(Errno.EBADF);
}
