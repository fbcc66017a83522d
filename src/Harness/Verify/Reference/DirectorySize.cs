using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <summary>
/// What is known of the blocks that a directory takes. As long as its entries fitted one block ever since it was last empty, that is
/// one. Else they were divided, and nobody but the file system knows how.
/// </summary>
/// <param name="Entries"><c>.</c> and <c>..</c> not counted.</param>
/// <param name="NameBytes">Of all of them.</param>
/// <param name="Peak">Bytes that they took at most since the directory was last empty.</param>
internal readonly record struct DirectorySize(int Entries, long NameBytes, long Peak)
{
    private const int MostPerEntry = ReferenceSpace.EntryOverhead + ReferenceSpace.EntryPadding;

    public DirectorySize With(FileName name)
    {
        (int entries, long bytes) = (Entries + 1, NameBytes + name.Length);
        return new DirectorySize(entries, bytes, Math.Max(Peak, bytes + (entries * (long)MostPerEntry)));
    }

    public DirectorySize Without(FileName name) =>
        Entries == 1 ? default : this with { Entries = Entries - 1, NameBytes = NameBytes - name.Length };

    /// <param name="block">Bytes a block.</param>
    public Bounds Blocks(int block)
    {
        if (Entries == 0 || Peak <= block)
        {
            return Math.Min(Entries, 1);
        }

        long least = (NameBytes + (Entries * (long)ReferenceSpace.EntryOverhead) + block - 1) / block;
        return new Bounds(least, Math.Max(least, (long)Entries * ReferenceSpace.DirectoryLevels));
    }
}
