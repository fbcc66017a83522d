namespace Raid5Verify.Simulation;

/// <summary>
/// The durable files of a disk at one moment, to begin other worlds with: <see cref="SimDisk.Save"/> and
/// <see cref="SimDisk.Load"/>. Immutable; safe to share between threads.
/// </summary>
public sealed class DiskImage
{
    internal DiskImage(IReadOnlyList<(string Name, (PagedBytes Bytes, long Length) Content)> files) => Files = files;

    internal IReadOnlyList<(string Name, (PagedBytes Bytes, long Length) Content)> Files { get; }
}
