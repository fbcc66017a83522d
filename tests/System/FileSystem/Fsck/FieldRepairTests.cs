using System.Collections.Concurrent;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>
/// Every byte of every structure on the disk, changed and repaired: the volume is clean then, works, and shows all that it showed, but for
/// what only the byte that was changed said.
/// </summary>
public sealed class FieldRepairTests
{
    /// <summary>
    /// What nothing else on the disk says, and what becomes of it. No more than one inode may show other things than before, and no more
    /// than one entry be elsewhere.
    /// </summary>
    private static readonly Dictionary<string, string> SaidOnce = new(StringComparer.Ordinal)
    {
        ["inode: size of a file"] = "it ends where its last block does, or where its size says",
        ["inode: link count"] = "an orphan that has links is lost, and gets a name",
        ["inode: pointers"] = "what only this pointer led to is a hole, or the target of a link that cannot be without one",
        ["inode: attributes"] = "nothing leads to them any more",
        ["pointers"] = "what only this pointer led to is a hole",
        ["record: inode"] = "which inode it was that had the name",
        ["record: length of the name"] = "a shorter name is one too; the part before a zero is taken for one that is too long",
        ["record: name"] = "another name, or that of another entry, which keeps it",
        ["attributes: length of a name"] = "where the next one begins: those before are kept",
        ["attributes: length of a value"] = "where the next one begins: those before are kept",
    };

    /// <summary>A superblock that says something else and is sealed is believed: the whole volume is read by it.</summary>
    private static readonly string[] Believed =
    [
        "superblock, sealed again: magic",
        "superblock, sealed again: version",
        "superblock, sealed again: block size",
        "superblock, sealed again: blocks",
        "superblock, sealed again: inodes",
        "superblock, sealed again: longest name",
        "superblock, sealed again: most links",
    ];

    [Fact]
    public async Task Whatever_is_changed_is_mended_and_nothing_else_is_touched()
    {
        MemoryDevice sound = await SoundVolume.MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(sound);
        var differences = new ConcurrentDictionary<string, string>();
        IEnumerable<FieldDamageTests.Field> fields = FieldDamageTests.FieldsOf(sound).Where(field => field.Name != "content");
        await Parallel.ForEachAsync(fields, async (field, _) =>
        {
            for (int at = field.At; at < field.At + field.Size; at++)
            {
                MemoryDevice device = sound.CopyOfCommitted();
                int change = at % 2 == 0 ? 0xFF : 1 << (at / 2 % 8);
                device.Damage(field.Block, bytes =>
                {
                    bytes[at] ^= (byte)change;
                    if (field.IsSealed)
                        SoundVolume.Seal(bytes);
                });
                string where = $"{field.Name}, byte {at} of block {field.Block}, ^ {change:x2}";
                FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
                where = $"{where}:\n{report}";
                bool isBelieved = Believed.Contains(field.Name);
                Assert.True(report.IsClean || (isBelieved && report.Error == Errno.OK), where);
                if (!report.IsClean || report.Repairs.Count == 0)
                {
                    Assert.Empty(device.Writes);
                    continue;
                }

                if (at % 16 == 0)
                    await RepairedVolume.MendAsync(device);
                else
                    Assert.True((await Fsck.CheckAsync(device)).IsClean, where);
                if (isBelieved)
                    continue;
                TreeSnapshot after = await TreeSnapshot.OfAsync(device);
                if (before.DifferenceTo(after, out int inodes, out int entries) is not { } difference)
                    continue;
                differences[field.Name] = $"{difference}\n{where}";
                Assert.True(inodes <= 1 && entries <= 1, $"{difference}\n{where}");
            }
        });

        string[] unexpected = [.. differences.Where(field => !SaidOnce.ContainsKey(field.Key)).Select(field => $"{field.Key}: {field.Value}")];
        Assert.True(unexpected.Length == 0, string.Join('\n', unexpected));
        Assert.Empty(SaidOnce.Keys.Except(differences.Keys));
    }
}
