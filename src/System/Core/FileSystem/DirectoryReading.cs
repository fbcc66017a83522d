using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Reads directories to their end.</summary>
internal static class DirectoryReading
{
    /// <summary>All entries, in parts: as <see cref="IFileSystem.ReadDirectoryAsync"/>.</summary>
    /// <param name="fileSystem">Where.</param>
    /// <param name="directory">Of which.</param>
    /// <param name="atATime">Entries, at least 1.</param>
    public static async Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryInPartsAsync(
        this IFileSystem fileSystem, InodeNumber directory, int atATime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atATime, 1);
        var entries = new List<DirectoryEntry>();
        while (true)
        {
            Result<IReadOnlyList<DirectoryEntry>> part = await fileSystem.ReadDirectoryAsync(
                directory, entries.Count == 0 ? default : entries[^1].Position, atATime);
            if (!part.IsOk)
                return part;
            entries.AddRange(part.Value);
            if (part.Value.Count < atATime)
                return entries;
        }
    }
}
