using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>
/// One folder of durable files: the seam between a block server and its disk. Production puts real files
/// behind it, the harness a simulated disk with faults; one contract test holds for both.
/// </summary>
/// <remarks>
/// <para>Every call is asynchronous. At a crash a pending call just never completes.</para>
/// <para>What survives a crash: bytes written before a completed <see cref="IDiskFile.FlushAsync"/> of that file;
/// names created, renamed or deleted before a completed <see cref="FlushFolderAsync"/>. Of what was not flushed,
/// each 512-byte sector is wholly old, wholly new or unreadable, and each name is old or new, in the order they were made.</para>
/// <para>Errors are values: <see cref="Errno.EIO"/> for a device error, <see cref="Errno.ENOSPC"/> when full.</para>
/// <para>Not thread-safe: called from the server's one executor. Calls may overlap; overlapping writes to the same
/// bytes have no defined order.</para>
/// </remarks>
public interface IDisk
{
    /// <summary>Opens a file. All who open a name have the same file, whatever becomes of the name.</summary>
    /// <param name="name">A plain file name, as in all calls.</param>
    /// <param name="mode">Whether it must exist.</param>
    /// <returns><see cref="Errno.ENOENT"/> or <see cref="Errno.EEXIST"/> as <paramref name="mode"/> asks.</returns>
    Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode);

    /// <summary>Deletes a file. Those who have it open may go on using it.</summary>
    /// <returns><see cref="Errno.ENOENT"/> if there is no such file.</returns>
    Task<Errno> DeleteAsync(string name);

    /// <summary>Renames a file, atomically replacing <paramref name="to"/> if it exists.</summary>
    /// <returns><see cref="Errno.ENOENT"/> if there is no file <paramref name="from"/>.</returns>
    Task<Errno> RenameAsync(string from, string to);

    /// <summary>The names in the folder, in ordinal order.</summary>
    Task<Result<IReadOnlyList<string>>> ListAsync();

    /// <summary>Makes all creations, renames and deletions so far durable.</summary>
    Task<Errno> FlushFolderAsync();

    /// <summary>Takes the folder for this process, until it ends or crashes.</summary>
    /// <returns><see cref="Errno.EBUSY"/> if another holds it.</returns>
    Task<Errno> LockAsync();
}

/// <summary>How <see cref="IDisk.OpenAsync"/> treats a file that exists or does not.</summary>
public enum DiskOpenMode
{
    /// <summary>It must exist: else <see cref="Errno.ENOENT"/>.</summary>
    Open,

    /// <summary>It must not exist: else <see cref="Errno.EEXIST"/>.</summary>
    CreateNew,

    /// <summary>Opened if it exists, else created empty.</summary>
    OpenOrCreate,
}

/// <summary>One file of an <see cref="IDisk"/>. Offsets and lengths are bytes.</summary>
public interface IDiskFile
{
    /// <summary>
    /// Reads exactly <paramref name="destination"/>. Bytes past the end of the file read as zero, as do holes.
    /// </summary>
    Task<Errno> ReadAsync(long offset, Memory<byte> destination);

    /// <summary>
    /// Writes all of <paramref name="source"/>, growing the file as needed; nothing if it is empty. The caller leaves
    /// the memory unchanged until the call completes.
    /// </summary>
    Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source);

    /// <summary>Makes all completed writes and truncations of this file durable.</summary>
    Task<Errno> FlushAsync();

    /// <summary>Sets the length; growth reads as zeros.</summary>
    Task<Errno> TruncateAsync(long length);

    /// <summary>The length in bytes.</summary>
    Task<Result<long>> LengthAsync();
}
