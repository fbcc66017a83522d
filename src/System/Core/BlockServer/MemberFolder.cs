using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>What <see cref="MemberFolder.InspectAsync"/> found.</summary>
/// <param name="Fault">Why the folder cannot be served, or none so far: checkpoint and log are read by the server only.</param>
/// <param name="Geometry">What the superblock says; null where there is none that can be trusted.</param>
public sealed record FolderInspection(StoreFault Fault, MemberGeometry? Geometry)
{
    public override string ToString() => Fault == StoreFault.None ? $"{Geometry}" : Fault.Describe();
}

/// <summary>
/// The files of a member: made by a format, looked at before they are served.
/// </summary>
/// <remarks>
/// <code>
/// superblock   who this member is, and whom it promised     see Superblock
/// slots        the blocks' bytes                            see SlotFile
/// checkpoint   the block table and all else                 see Checkpoint
/// log.N        what happened since                          see MemberLog
/// </code>
/// The superblock appears last, by a rename: a format that was cut short leaves a folder that is not formatted and
/// may be formatted again.
/// </remarks>
internal static class MemberFolder
{
    private const string UnfinishedSuperblock = "superblock.new";

    /// <returns>
    /// <see cref="Errno.EEXIST"/> if the folder holds a member already, or anything that is not a member's.
    /// </returns>
    public static async Task<Errno> FormatAsync(IDisk disk, MemberGeometry geometry)
    {
        Errno locked = await disk.LockAsync();
        if (locked != Errno.OK)
        {
            return locked;
        }

        Result<IReadOnlyList<string>> names = await disk.ListAsync();
        if (!names.IsOk)
        {
            return names.Error;
        }

        if (names.Value.Any(name => !IsMembers(name) || name == Superblock.FileName))
        {
            return Errno.EEXIST;
        }

        var superblock = new Superblock(geometry, default);
        var image = new MemberImage(geometry.Rows);
        Errno error = Errno.OK;
        foreach (string name in names.Value.Where(MemberLog.IsName))
        {
            // Of an erasure that was cut short: it must not pass for what follows the first one.
            error = error == Errno.OK ? await disk.DeleteAsync(name) : error;
        }

        error = error == Errno.OK ? await MakeAsync(disk, SlotFile.FileName, file => FormatSlotsAsync(file, geometry)) : error;
        Result<MemberLog> log = error == Errno.OK ? await MemberLog.CreateFirstAsync(disk, LogStart.First) : error;
        error = log.IsOk
            ? await Checkpoint.WriteAsync(disk, geometry, CheckpointHead.Of(image, LogStart.First), image.Table, () => log.Value.End)
            : log.Error;
        error = error == Errno.OK ? await disk.RenameAsync(Checkpoint.UnfinishedName, Checkpoint.FileName) : error;
        error = error == Errno.OK ? await MakeAsync(disk, UnfinishedSuperblock, superblock.WriteAsync) : error;

        // The files' names are durable before the superblock's is.
        error = error == Errno.OK ? await disk.FlushFolderAsync() : error;
        error = error == Errno.OK ? await disk.RenameAsync(UnfinishedSuperblock, Superblock.FileName) : error;
        return error == Errno.OK ? await disk.FlushFolderAsync() : error;
    }

    /// <summary>Deletes a member's files, the superblock first, so that the folder can be formatted again.</summary>
    /// <returns><see cref="Errno.EEXIST"/> if there is anything else in it: then nothing is deleted.</returns>
    public static async Task<Errno> EraseAsync(IDisk disk)
    {
        Errno locked = await disk.LockAsync();
        if (locked != Errno.OK)
        {
            return locked;
        }

        Result<IReadOnlyList<string>> names = await disk.ListAsync();
        if (!names.IsOk)
        {
            return names.Error;
        }

        if (!names.Value.All(IsMembers))
        {
            return Errno.EEXIST;
        }

        Errno error = Errno.OK;
        foreach (string name in names.Value.OrderBy(name => name != Superblock.FileName))
        {
            error = error == Errno.OK ? await disk.DeleteAsync(name) : error;
            error = error == Errno.OK && name == Superblock.FileName ? await disk.FlushFolderAsync() : error;
        }

        return error == Errno.OK ? await disk.FlushFolderAsync() : error;
    }

    /// <summary>Says whether the folder can be served, and if not, why. Changes nothing.</summary>
    public static async Task<FolderInspection> InspectAsync(IDisk disk)
    {
        Result<IReadOnlyList<string>> names = await disk.ListAsync();
        if (!names.IsOk)
        {
            return new FolderInspection(StoreFault.Unreadable, Geometry: null);
        }

        if (!names.Value.Contains(Superblock.FileName, StringComparer.Ordinal))
        {
            return new FolderInspection(
                names.Value.All(IsMembers) ? StoreFault.NotFormatted : StoreFault.Foreign, Geometry: null);
        }

        Result<IDiskFile> file = await disk.OpenAsync(Superblock.FileName, DiskOpenMode.Open);
        if (!file.IsOk)
        {
            return new FolderInspection(StoreFault.Unreadable, Geometry: null);
        }

        (Superblock? superblock, _, StoreFault fault) = await Superblock.ReadAsync(file.Value);
        if (superblock is null)
        {
            return new FolderInspection(fault, Geometry: null);
        }

        bool complete = await HasLengthAsync(disk, SlotFile.FileName, SlotFile.Length(superblock.Geometry));
        return new FolderInspection(complete ? StoreFault.None : StoreFault.OtherGeometry, superblock.Geometry);
    }

    /// <summary>Puts a checkpoint that was written aside in its place. The logs before its own are deleted.</summary>
    /// <param name="disk">The folder.</param>
    /// <param name="firstLog">The first log that there is.</param>
    /// <param name="log">The log that the checkpoint names.</param>
    /// <returns>After an error a start may find the one checkpoint or the other: nothing more may be written here before it.</returns>
    public static async Task<Errno> AdoptCheckpointAsync(IDisk disk, uint firstLog, uint log)
    {
        Errno error = await disk.RenameAsync(Checkpoint.UnfinishedName, Checkpoint.FileName);
        error = error == Errno.OK ? await disk.FlushFolderAsync() : error;
        for (uint old = firstLog; error == Errno.OK && old < log; old++)
        {
            // If it is not deleted, the next start does it.
            await disk.DeleteAsync(MemberLog.NameOf(old));
        }

        return error;
    }

    /// <summary>Deletes what a checkpoint that was cut short left behind: all but these logs.</summary>
    public static async Task TidyAsync(IDisk disk, uint firstLog, uint lastLog)
    {
        Result<IReadOnlyList<string>> names = await disk.ListAsync();
        if (names.IsOk)
        {
            foreach (string name in names.Value)
            {
                bool isOldLog = MemberLog.IsName(name, out uint log) && (log < firstLog || log > lastLog);
                if (name == Checkpoint.UnfinishedName || isOldLog)
                {
                    // Nothing depends on it: what stays is overwritten when its name comes round.
                    await disk.DeleteAsync(name);
                }
            }
        }
    }

    private static bool IsMembers(string name) =>
        name is Superblock.FileName or UnfinishedSuperblock or SlotFile.FileName or Checkpoint.FileName
            or Checkpoint.UnfinishedName
        || MemberLog.IsName(name);

    private static async Task<bool> HasLengthAsync(IDisk disk, string name, long length)
    {
        Result<IDiskFile> file = await disk.OpenAsync(name, DiskOpenMode.Open);
        if (!file.IsOk)
        {
            return false;
        }

        Result<long> actual = await file.Value.LengthAsync();
        return actual.IsOk && actual.Value >= length;
    }

    private static async Task<Errno> MakeAsync(IDisk disk, string name, Func<IDiskFile, Task<Errno>> format)
    {
        Result<IDiskFile> file = await disk.OpenAsync(name, DiskOpenMode.OpenOrCreate);
        return file.IsOk ? await format(file.Value) : file.Error;
    }

    private static async Task<Errno> FormatSlotsAsync(IDiskFile file, MemberGeometry geometry)
    {
        Errno error = await file.TruncateAsync(0);
        error = error == Errno.OK ? await file.TruncateAsync(SlotFile.Length(geometry)) : error;
        return error == Errno.OK ? await file.FlushAsync() : error;
    }
}
