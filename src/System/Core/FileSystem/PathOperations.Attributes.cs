using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <content>Extended attributes, of what a path leads to.</content>
public sealed partial class PathOperations
{
    /// <summary>
    /// getxattr(2): ERANGE (an empty name, or one of more than 255 bytes), those of the walk, then ENODATA (a <c>user.</c> attribute of
    /// what is neither file nor directory), EOPNOTSUPP (another namespace than <c>user.</c>, <c>trusted.</c> and <c>security.</c>),
    /// EINVAL (a namespace alone), ENODATA.
    /// </summary>
    public Task<Result<byte[]>> GetExtendedAttributeAsync(string path, string name) =>
        OnAttributeAsync(path, name, changes: false, fileSystem.GetExtendedAttributeAsync);

    /// <summary>listxattr(2): the names, in no particular order.</summary>
    public Task<Result<IReadOnlyList<string>>> ListExtendedAttributesAsync(string path) =>
        OnInodeAsync(path, inode => ListAsync(fileSystem, inode));

    /// <summary>
    /// setxattr(2): E2BIG (a value of more than 65,535 bytes) right after ERANGE, EPERM where <see cref="GetExtendedAttributeAsync"/>
    /// has its first ENODATA; then as <see cref="IFileSystem.SetExtendedAttributeAsync"/>.
    /// </summary>
    public async Task<Errno> SetExtendedAttributeAsync(
        string path, string name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set) =>
        (await OnAttributeAsync(
            path,
            name,
            changes: true,
            async Task<Result<bool>> (inode, bytes) => Done(await fileSystem.SetExtendedAttributeAsync(inode, bytes, value, mode)),
            value.Length)).Error;

    /// <summary>removexattr(2): EPERM where <see cref="GetExtendedAttributeAsync"/> has its first ENODATA.</summary>
    public async Task<Errno> RemoveExtendedAttributeAsync(string path, string name) =>
        (await OnAttributeAsync(
            path,
            name,
            changes: true,
            async Task<Result<bool>> (inode, bytes) => Done(await fileSystem.RemoveExtendedAttributeAsync(inode, bytes)))).Error;

    internal static async Task<Result<IReadOnlyList<string>>> ListAsync(IFileSystem fileSystem, InodeNumber inode)
    {
        Result<IReadOnlyList<byte[]>> names = await fileSystem.ListExtendedAttributesAsync(inode);
        return names.IsOk ? names.Value.Select(Encoding.UTF8.GetString).ToArray() : names.Error;
    }

    private static Result<bool> Done(Errno error) => error == Errno.OK ? true : error;

    private async Task<Result<T>> OnAttributeAsync<T>(
        string path,
        string name,
        bool changes,
        Func<InodeNumber, ReadOnlyMemory<byte>, Task<Result<T>>> operation,
        int valueLength = 0)
    {
        Errno objection = AttributeNames.Objection(name, valueLength);
        return objection != Errno.OK
            ? objection
            : await RetryAsync(async () =>
            {
                Result<InodeAttributes> inode = await _walk.ResolveAsync(path);
                if (!inode.IsOk)
                    return inode.Error;
                Result<byte[]> bytes = AttributeNames.Encode(name, inode.Value.Type, changes);
                return bytes.IsOk ? await operation(inode.Value.Inode, bytes.Value) : bytes.Error;
            });
    }
}
