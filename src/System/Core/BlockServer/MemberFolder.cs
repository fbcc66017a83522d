using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>What <see cref="MemberFolder.InspectAsync"/> found.</summary>
/// <param name="Fault">Why the folder cannot be served, or none.</param>
/// <param name="Geometry">What the superblock says; null where there is none that can be trusted.</param>
public sealed record FolderInspection(StoreFault Fault, MemberGeometry? Geometry)
{
    public override string ToString() => Fault switch
    {
        StoreFault.None => $"{Geometry}",
        StoreFault.NotFormatted => "the folder is not formatted as a member",
        StoreFault.Foreign => "the folder holds files that are not a member's",
        StoreFault.OtherVersion => $"the member's format is not version {Superblock.FormatVersion}",
        StoreFault.Damaged => "the member's superblock is damaged",
        StoreFault.OtherGeometry => $"a file is missing or cut short for: {Geometry}",
        StoreFault.InUse => "another server holds the folder",
        _ => "the disk failed",
    };
}

/// <summary>
/// The files of a member: made by a format, looked at before they are served.
/// </summary>
/// <remarks>
/// <code>
/// superblock   who this member is                  see Superblock
/// table        what each block should hold         see TableSector
/// data         the block of row r at r × block size
/// </code>
/// The superblock appears last, by a rename: a format that was cut short leaves a folder that is not formatted
/// and may be formatted again.
/// </remarks>
internal static class MemberFolder
{
    public const string DataFileName = "data";

    private const string UnfinishedSuperblock = "superblock.new";

    private static readonly string[] LeftByAFormat = [DataFileName, TableSector.FileName, UnfinishedSuperblock];

    /// <returns>
    /// <see cref="Errno.EEXIST"/> if the folder holds a member already, or anything that is not a member's.
    /// </returns>
    public static async Task<Errno> FormatAsync(IDisk disk, MemberGeometry geometry)
    {
        Errno error = await disk.LockAsync();
        if (error != Errno.OK)
        {
            return error;
        }

        Result<IReadOnlyList<string>> names = await disk.ListAsync();
        if (!names.IsOk)
        {
            return names.Error;
        }

        if (names.Value.Any(name => !LeftByAFormat.Contains(name, StringComparer.Ordinal)))
        {
            return Errno.EEXIST;
        }

        error = await MakeAsync(disk, DataFileName, file => FormatDataAsync(file, geometry));
        if (error == Errno.OK)
        {
            error = await MakeAsync(
                disk, TableSector.FileName, file => BlockTable.FormatAsync(file, geometry.Rows));
        }

        if (error == Errno.OK)
        {
            error = await MakeAsync(disk, UnfinishedSuperblock, file => FormatSuperblockAsync(file, geometry));
        }

        // The files' names are durable before the superblock's is.
        if (error == Errno.OK)
        {
            error = await disk.FlushFolderAsync();
        }

        if (error == Errno.OK)
        {
            error = await disk.RenameAsync(UnfinishedSuperblock, Superblock.FileName);
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
            bool foreign = names.Value.Any(name => !LeftByAFormat.Contains(name, StringComparer.Ordinal));
            return new FolderInspection(foreign ? StoreFault.Foreign : StoreFault.NotFormatted, Geometry: null);
        }

        byte[] sector = new byte[Superblock.Size];
        Result<IDiskFile> file = await disk.OpenAsync(Superblock.FileName, DiskOpenMode.Open);
        if (!file.IsOk || await file.Value.ReadAsync(0, sector) != Errno.OK)
        {
            return new FolderInspection(StoreFault.Unreadable, Geometry: null);
        }

        (MemberGeometry? geometry, StoreFault fault) = Superblock.Decode(sector);
        if (geometry is null)
        {
            return new FolderInspection(fault, Geometry: null);
        }

        bool complete = await HasLengthAsync(disk, DataFileName, geometry.Rows * geometry.BlockSize)
            && await HasLengthAsync(
                disk, TableSector.FileName, TableSector.Groups(geometry.Rows) * TableSector.Size);
        return new FolderInspection(complete ? StoreFault.None : StoreFault.OtherGeometry, geometry);
    }

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

    private static async Task<Errno> FormatDataAsync(IDiskFile file, MemberGeometry geometry)
    {
        // Cut to nothing first: what an unfinished format left behind must read as zeros.
        Errno error = await file.TruncateAsync(0);
        if (error == Errno.OK)
        {
            error = await file.TruncateAsync(geometry.Rows * geometry.BlockSize);
        }

        return error == Errno.OK ? await file.FlushAsync() : error;
    }

    private static async Task<Errno> FormatSuperblockAsync(IDiskFile file, MemberGeometry geometry)
    {
        Errno error = await file.TruncateAsync(0);
        if (error == Errno.OK)
        {
            error = await file.WriteAsync(0, Superblock.Encode(geometry));
        }

        return error == Errno.OK ? await file.FlushAsync() : error;
    }
}
