namespace Raid5Verify.Simulation;

/// <summary>
/// The durable files of a disk at one moment, to begin other worlds with or to look at: <see cref="SimDisk.Save"/> and
/// <see cref="SimDisk.Load"/>. Immutable; safe to share between threads.
/// </summary>
public sealed class DiskImage
{
    internal DiskImage(IReadOnlyList<(string Name, (PagedBytes Bytes, long Length) Content)> files) => Files = files;

    /// <summary>Of its files, in no order.</summary>
    public IEnumerable<string> Names => Files.Select(static file => file.Name);

    internal IReadOnlyList<(string Name, (PagedBytes Bytes, long Length) Content)> Files { get; }

    /// <returns>In bytes; null if there is no such file.</returns>
    public long? LengthOf(string name) => Find(name)?.Length;

    /// <summary>Reads of a file that is there; zeros behind its end.</summary>
    public void Read(string name, long offset, Span<byte> destination) => Find(name)!.Value.Bytes.Read(offset, destination);

    private (PagedBytes Bytes, long Length)? Find(string name) =>
        Files.Where(file => file.Name == name).Select(static file => ((PagedBytes Bytes, long Length)?)file.Content).FirstOrDefault();
}
