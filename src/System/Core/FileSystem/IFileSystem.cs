using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// A UNIX file system as a kernel asks for it: on inodes and single names. Path walk stands above it.
/// </summary>
/// <remarks>
/// <para>Implemented by the UNIX file system on an array, and by the harness's reference in memory, which
/// judges it: both give the same answer to the same call, errno included.</para>
/// <para>The names <c>.</c> and <c>..</c> are entries of every directory: lookup and readdir answer them.</para>
/// <para>An inode number that no entry leads to any more is answered with <see cref="Errno.ESTALE"/>.</para>
/// <para>Called from one executor; calls may overlap and take effect one at a time.</para>
/// </remarks>
public interface IFileSystem
{
    /// <summary>The root directory.</summary>
    InodeNumber Root { get; }

    /// <summary>The attributes of the entry <paramref name="name"/>: ENOENT, ENOTDIR, ENAMETOOLONG.</summary>
    Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name);

    Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode);

    /// <summary>A new, empty regular file: EEXIST, ENOENT (empty name), ENOTDIR, ENAMETOOLONG, ENOSPC.</summary>
    Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name);

    /// <summary>A new, empty directory: as <see cref="CreateAsync"/>, and EMLINK.</summary>
    Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name);

    /// <summary>
    /// Reads from <paramref name="offset"/> (bytes, ≥ 0) up to the end of the file; holes read as zeros.
    /// </summary>
    /// <returns>Bytes read, 0 at or past the end: EISDIR, EIO.</returns>
    Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination);

    /// <summary>
    /// Writes all of <paramref name="source"/> at <paramref name="offset"/> (bytes, ≥ 0), growing the file; a gap
    /// becomes a hole.
    /// </summary>
    /// <returns>
    /// Bytes written, fewer than asked only where space or size limit ended it after at least one byte: EISDIR,
    /// EFBIG, ENOSPC, EIO, EROFS. An empty write changes nothing.
    /// </returns>
    Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source);

    /// <summary>Sets the size; growth reads as zeros: EISDIR, EFBIG, EINVAL (negative).</summary>
    Task<Errno> TruncateAsync(InodeNumber inode, long size);

    /// <summary>Removes a file's entry: ENOENT, ENOTDIR, EISDIR (a directory, <c>.</c> and <c>..</c> too).</summary>
    Task<Errno> UnlinkAsync(InodeNumber directory, FileName name);

    /// <summary>
    /// Removes an empty directory: ENOENT, ENOTDIR, ENOTEMPTY (also for <c>..</c>), EINVAL (for <c>.</c>).
    /// </summary>
    Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name);

    /// <summary>
    /// Moves an entry, atomically replacing a file by a file, or an empty directory by a directory:
    /// ENOENT, ENOTDIR, EISDIR, ENOTEMPTY, EINVAL (a directory into itself), EBUSY (<c>.</c> or <c>..</c> at either
    /// end), ENOSPC, EMLINK. An entry moved onto itself is a success that changes nothing.
    /// </summary>
    Task<Errno> RenameAsync(InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to);

    /// <summary>All entries, <c>.</c> and <c>..</c> included, in no particular order: ENOTDIR.</summary>
    Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(InodeNumber directory);

    /// <summary>fsync: when it returns OK, all that this inode was told before survives a crash.</summary>
    Task<Errno> SyncAsync(InodeNumber inode);

    Task<Result<FileSystemStatistics>> GetStatisticsAsync();
}

/// <summary>The number of an inode; 0 is none.</summary>
public readonly record struct InodeNumber(uint Value)
{
    public static InodeNumber None => default;

    public override string ToString() => $"inode {Value}";
}

/// <summary>What an inode is. The numbers are those of the on-disk format.</summary>
public enum FileType : byte
{
    None = 0,
    Regular = 1,
    Directory = 2,
}

/// <summary>What <c>stat</c> tells of an inode.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Type">File or directory.</param>
/// <param name="LinkCount">Entries that lead here: for a directory 2 + its subdirectories.</param>
/// <param name="Size">
/// Bytes. For a directory an implementation's own figure, not compared between implementations.
/// </param>
public readonly record struct InodeAttributes(InodeNumber Inode, FileType Type, int LinkCount, long Size);

/// <summary>One entry of a directory.</summary>
public readonly record struct DirectoryEntry(FileName Name, InodeNumber Inode, FileType Type);

/// <summary>What <c>df</c> tells: counts of blocks and inodes.</summary>
public readonly record struct FileSystemStatistics(
    int BlockSize, long Blocks, long FreeBlocks, long Inodes, long FreeInodes, int MaxNameLength);
