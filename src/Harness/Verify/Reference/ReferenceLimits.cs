namespace Raid5Verify.Reference;

/// <summary>
/// What a file system may refuse for reasons of its own format. The reference has no format, so it is told.
/// </summary>
/// <param name="MaxNameLength">Longest name of an entry, bytes; longer is ENAMETOOLONG.</param>
/// <param name="MaxFileSize">Largest size of a file, bytes; beyond is EFBIG.</param>
/// <param name="MaxLinks">Highest link count; of a directory that is 2 + subdirectories; beyond is EMLINK.</param>
/// <param name="MaxTargetLength">Longest target of a symbolic link, bytes; longer is ENAMETOOLONG.</param>
/// <param name="MaxAttributeBytes">
/// Room for the extended attributes of an inode, bytes: each takes its name, its value and 3 more. Beyond is ENOSPC.
/// </param>
/// <param name="BlockSize">Bytes of a block: what of a file is a hole is told in blocks.</param>
public sealed record ReferenceLimits(
    int MaxNameLength, long MaxFileSize, int MaxLinks, int MaxTargetLength, long MaxAttributeBytes, int BlockSize = 4096)
{
    /// <summary>When there is no space left: ENOSPC. Null: there always is.</summary>
    public ReferenceSpace? Space { get; init; }

    /// <summary>No limit but those of Linux itself: names to 255 bytes, paths to 4095.</summary>
    public static ReferenceLimits Linux { get; } = new(255, long.MaxValue, int.MaxValue, 4095, long.MaxValue);
}
