using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// A UNIX file system as a kernel asks for it: on inodes and single names. Path walk stands above it.
/// </summary>
/// <remarks>
/// <para>Implemented by the UNIX file system on an array, and by the harness's reference in memory, which
/// judges it: both give the same answer to the same call, errno included.</para>
/// <para><b>Which error, where several are due:</b> each method names its errors in the order in which Linux looks for
/// them, and the first one is the answer. An operation that answers an error has changed nothing.</para>
/// <para>The names <c>.</c> and <c>..</c> are entries of every directory: lookup and readdir answer them. The root is
/// its own parent. An empty name is no entry's name: ENOENT wherever a name is looked up.</para>
/// <para><b>Times:</b> what changes a file's content or a directory's entries sets its modify and change times; what changes
/// an inode's other attributes, its links included, its change time. Where nothing changed, as in a write of nothing, a truncation to
/// the same size or a rename onto itself, no time does. Reading sets none.</para>
/// <para>An inode that no entry leads to any more lives on as long as it is open; of a directory that was removed the entries
/// cannot be asked for then, nor new ones made: ENOENT. Otherwise its number is answered with <see cref="Errno.ESTALE"/>, until a new
/// inode gets that number; numbers that were just freed are reused last.</para>
/// <para>Any method may answer EIO if a block that it needs cannot be read, and EUCLEAN if what it reads contradicts
/// the format. Those that change something answer EROFS once changes can no longer be kept.</para>
/// <para>Called from one executor; calls may overlap and take effect one at a time.</para>
/// </remarks>
public interface IFileSystem
{
    /// <summary>The root directory.</summary>
    InodeNumber Root { get; }

    /// <summary>
    /// The attributes of the entry <paramref name="name"/>: ESTALE, ENOTDIR, ENAMETOOLONG, ENOENT.
    /// </summary>
    Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name);

    /// <summary>The attributes of an inode: ESTALE.</summary>
    Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode);

    /// <summary>
    /// Whether somebody may do something with an inode, by its own permissions: ESTALE, EINVAL (no such thing), EROFS (to write a file,
    /// a directory or a symbolic link), EACCES. This is for callers that ask: nothing else here looks at permissions.
    /// </summary>
    Task<Errno> AccessAsync(InodeNumber inode, Credentials who, AccessModes wanted);

    /// <summary>
    /// Sets attributes of an inode: ESTALE, EROFS, EOPNOTSUPP (permissions of a symbolic link). Who may is not asked here.
    /// </summary>
    /// <returns>The attributes after it.</returns>
    Task<Result<InodeAttributes>> SetAttributesAsync(InodeNumber inode, AttributeChange change);

    /// <summary>The value of an extended attribute: ESTALE, ENODATA.</summary>
    Task<Result<byte[]>> GetExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name);

    /// <summary>The names of an inode's extended attributes, in no particular order: ESTALE.</summary>
    Task<Result<IReadOnlyList<byte[]>>> ListExtendedAttributesAsync(InodeNumber inode);

    /// <summary>
    /// Sets an extended attribute: ESTALE, ERANGE (an empty name, or one of more than 255 bytes), E2BIG (a value of more than 65,535
    /// bytes), EROFS, EEXIST or ENODATA (as <paramref name="mode"/> says), ENOSPC (all those of an inode must fit one block).
    /// </summary>
    /// <param name="inode">Of any type: which names mean something for which types is the business of who asks.</param>
    /// <param name="name">Any bytes but NUL.</param>
    /// <param name="value">Any bytes.</param>
    /// <param name="mode">Whether it may, must or must not be there.</param>
    Task<Errno> SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set);

    /// <summary>Removes an extended attribute: ESTALE, EROFS, ENODATA.</summary>
    Task<Errno> RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name);

    /// <summary>
    /// A new, empty regular file: ESTALE, ENOTDIR, ENAMETOOLONG, EEXIST (<c>.</c> and <c>..</c> too), ENOENT (an empty
    /// name), EROFS, ENOSPC (no inode, or no block for the entry).
    /// </summary>
    /// <param name="directory">Where. If it has the set-group-id bit, what is made belongs to its group.</param>
    /// <param name="name">Of the entry.</param>
    /// <param name="owner">Whose it is; null: the superuser's, and 0644.</param>
    Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name, Ownership? owner = null);

    /// <summary>
    /// A new, empty directory: as <see cref="CreateAsync"/>, and EMLINK before ENOSPC if the parent's link count is at
    /// its limit. In a directory with the set-group-id bit it has that bit too.
    /// </summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Of the entry.</param>
    /// <param name="owner">Whose it is; null: the superuser's, and 0755.</param>
    Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner = null);

    /// <summary>
    /// A new inode that is no directory and no symbolic link; what a fifo, a socket or a device does is not the file system's
    /// business: EPERM (a directory) or EINVAL (a link, or nothing), then as <see cref="CreateAsync"/>.
    /// </summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Of the entry.</param>
    /// <param name="type">What it is.</param>
    /// <param name="device">Which device it stands for, if it is one.</param>
    /// <param name="owner">Whose it is; null: the superuser's, and 0644.</param>
    Task<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null);

    /// <summary>
    /// A new symbolic link: EINVAL (a NUL in the target) or ENOENT (an empty target), then as <see cref="CreateAsync"/>, and
    /// ENAMETOOLONG before ENOSPC if the target is longer than the format holds.
    /// </summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The link's own name.</param>
    /// <param name="target">The path that it stands for, as bytes: what is there, or not, does not matter.</param>
    /// <param name="owner">Whose it is; null: the superuser's. Its permissions are 0777, whatever these say.</param>
    Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner = null);

    /// <summary>The target of a symbolic link: ESTALE, EINVAL (it is none).</summary>
    Task<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber inode);

    /// <summary>
    /// Another name for an inode: ESTALE of <paramref name="inode"/>, then as <see cref="CreateAsync"/>, with EPERM
    /// (a directory), ENOENT (it has no name any more) and EMLINK (its link count is at the limit) before ENOSPC.
    /// </summary>
    Task<Result<InodeAttributes>> LinkAsync(InodeNumber inode, InodeNumber directory, FileName name);

    /// <summary>
    /// Reads from <paramref name="offset"/> (bytes, ≥ 0) up to the end of the file; holes read as zeros.
    /// </summary>
    /// <returns>
    /// Bytes read: 0 at or past the end, fewer than asked where the file ends or a block cannot be read after at least
    /// one byte. ESTALE, EISDIR, EINVAL (no regular file, or negative), EIO.
    /// </returns>
    Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination);

    /// <summary>
    /// Writes all of <paramref name="source"/> at <paramref name="offset"/> (bytes, ≥ 0), growing the file; a gap
    /// becomes a hole.
    /// </summary>
    /// <returns>
    /// Bytes written, fewer than asked only where space, size limit or EIO ended it after at least one byte: ESTALE,
    /// EISDIR, EINVAL (no regular file, or negative), EROFS, EFBIG (the offset is at or past the limit), ENOSPC, EIO. An empty write
    /// changes nothing, and answers 0 where EFBIG or ENOSPC would be due.
    /// </returns>
    Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source);

    /// <summary>Writes at the end of the file, wherever that is at that moment: as <see cref="WriteAsync"/>.</summary>
    Task<Result<int>> AppendAsync(InodeNumber inode, ReadOnlyMemory<byte> source);

    /// <summary>
    /// Sets the size; growth is a hole, which reads as zeros: ESTALE, EISDIR, EINVAL (no regular file, or negative), EROFS,
    /// EFBIG.
    /// </summary>
    /// <param name="inode">The file.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="setsTimes">Whether it sets the times even where the size stays: ftruncate(2) does, truncate(2) does not.</param>
    Task<Errno> TruncateAsync(InodeNumber inode, long size, bool setsTimes = false);

    /// <summary>
    /// fallocate(2): fills the holes in a range with blocks of zeros, and grows the file to its end, so that writing there finds its
    /// blocks: ESTALE, EISDIR, EINVAL (no regular file; negative, or empty), EROFS, EFBIG, ENOSPC (then nothing is changed). Sets the times.
    /// </summary>
    /// <param name="inode">The file.</param>
    /// <param name="offset">Bytes, ≥ 0.</param>
    /// <param name="length">Bytes, > 0.</param>
    Task<Errno> AllocateAsync(InodeNumber inode, long offset, long length);

    /// <summary>
    /// fallocate(2) with FALLOC_FL_PUNCH_HOLE: makes a range read as zeros and gives back the blocks that are wholly in it. The size stays:
    /// errors, but for ENOSPC, as of <see cref="AllocateAsync"/>. Sets the times.
    /// </summary>
    Task<Errno> PunchHoleAsync(InodeNumber inode, long offset, long length);

    /// <summary>
    /// lseek(2) with SEEK_DATA or SEEK_HOLE: the first byte from an offset on that is in a block, or in a hole; the end of the file is a
    /// hole: ESTALE, EINVAL (no regular file), ENXIO (negative, at or past the end, or no data from there on).
    /// </summary>
    Task<Result<long>> SeekAsync(InodeNumber inode, long offset, SeekTarget target);

    /// <summary>
    /// Removes an entry of a file or a symbolic link: ESTALE, ENOTDIR, EISDIR (<c>.</c> or <c>..</c>), EROFS, ENAMETOOLONG, ENOENT,
    /// EISDIR (a directory).
    /// </summary>
    Task<Errno> UnlinkAsync(InodeNumber directory, FileName name);

    /// <summary>
    /// Removes an empty directory: ESTALE, ENOTDIR (<paramref name="directory"/>), EINVAL (<c>.</c>),
    /// ENOTEMPTY (<c>..</c>), EROFS, ENAMETOOLONG, ENOENT, ENOTDIR (a file), ENOTEMPTY.
    /// </summary>
    Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name);

    /// <summary>
    /// Moves an entry, atomically replacing what is no directory by what is none, or an empty directory by a directory; or lets
    /// two entries change places.
    /// </summary>
    /// <returns>
    /// ESTALE, ENOTDIR of <paramref name="fromDirectory"/>, then of <paramref name="toDirectory"/>; EBUSY (<c>.</c> or
    /// <c>..</c> as <paramref name="from"/>, then as <paramref name="to"/>, where <see cref="RenameMode.NoReplace"/> says
    /// EEXIST); EROFS; ENAMETOOLONG, ENOENT of <paramref name="from"/>; ENAMETOOLONG of <paramref name="to"/>; EEXIST
    /// (<see cref="RenameMode.NoReplace"/>, and the new name exists); ENOENT (<see cref="RenameMode.Exchange"/>, and it does not);
    /// EINVAL (a directory into itself or below; exchanged, also what is above the other); ENOTEMPTY (onto a directory above the
    /// moved entry, whatever the moved one is); OK without a change (an entry onto itself); ENOTDIR (a directory onto a file);
    /// EISDIR (a file onto a directory); EMLINK (a directory into another parent, for none); ENOTEMPTY; ENOSPC.
    /// </returns>
    Task<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace);

    /// <summary>Entries in the order of their places, <c>.</c> and <c>..</c> first: ESTALE, ENOTDIR, ENOENT of a removed one.</summary>
    /// <param name="directory">Of which.</param>
    /// <param name="after">
    /// Where to go on: the place of the last entry that an earlier call answered; by default the beginning. An entry that is there all
    /// the while is answered once, whatever is added, removed or renamed meanwhile; one that is not, at most once for each time
    /// that it was there.
    /// </param>
    /// <param name="atMost">Entries; and those that share the place of the last one.</param>
    Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after = default, int atMost = int.MaxValue);

    /// <summary>Keeps an inode until it is closed as often as it was opened, be there names of it or not: ESTALE.</summary>
    Task<Errno> OpenAsync(InodeNumber inode);

    /// <summary>Ends what <see cref="OpenAsync"/> began. What is to be freed and cannot be, a later mount frees.</summary>
    Task CloseAsync(InodeNumber inode);

    /// <summary>
    /// fsync: when it returns OK, all that this inode was told before survives a crash: ESTALE, EIO.
    /// </summary>
    Task<Errno> SyncAsync(InodeNumber inode);

    Task<Result<FileSystemStatistics>> GetStatisticsAsync();
}

/// <summary>The number of an inode; 0 is none.</summary>
public readonly record struct InodeNumber(uint Value)
{
    public static InodeNumber None => default;

    public override string ToString() => $"inode {Value}";
}

/// <summary>What is looked for in a file.</summary>
public enum SeekTarget
{
    /// <summary>A byte of a block, be it zero.</summary>
    Data = 0,

    /// <summary>A byte of no block, or the end.</summary>
    Hole,
}

/// <summary>What a rename does where the new name exists already: the flags of <c>renameat2(2)</c>.</summary>
public enum RenameMode
{
    /// <summary>It takes the place of what is there.</summary>
    Replace = 0,

    /// <summary>It is refused.</summary>
    NoReplace,

    /// <summary>Both change places, whatever they are; where the new name does not exist, it is refused.</summary>
    Exchange,
}

/// <summary>One entry of a directory.</summary>
public readonly record struct DirectoryEntry(FileName Name, InodeNumber Inode, FileType Type)
{
    /// <summary>Where it is among the entries of its directory.</summary>
    public EntryPosition Position { get; init; }
}

/// <summary>What <c>df</c> tells, and the limits of the format.</summary>
/// <param name="BlockSize">Bytes.</param>
/// <param name="Blocks">Blocks for files, directories and their pointers; other metadata is not counted.</param>
/// <param name="FreeBlocks">Those not in use.</param>
/// <param name="Inodes">Files and directories that there can be, the root included.</param>
/// <param name="FreeInodes">Those not in use.</param>
/// <param name="MaxNameLength">Bytes.</param>
public readonly record struct FileSystemStatistics(
    int BlockSize, long Blocks, long FreeBlocks, long Inodes, long FreeInodes, int MaxNameLength)
{
    /// <summary>Bytes: past it, EFBIG.</summary>
    public long MaxFileSize { get; init; }

    /// <summary>Links of an inode: past it, EMLINK.</summary>
    public int MaxLinkCount { get; init; }

    /// <summary>Bytes of a symbolic link's target: past it, ENAMETOOLONG.</summary>
    public int MaxTargetLength { get; init; }
}
