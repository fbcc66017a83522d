using System.Buffers.Binary;
using Raid5Fs.FileSystem;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>
/// Every byte of every structure on the disk, changed: fsck finds it and names it, or nothing on the disk contradicts what is there
/// then, and the field is one of those for which that is so.
/// </summary>
public sealed class FieldDamageTests
{
    private const int Block = 512;
    private const int InodeSize = 128;

    /// <summary>What may hold other values without contradicting anything, and why.</summary>
    private static readonly Dictionary<string, string> Free = new(StringComparer.Ordinal)
    {
        ["superblock, sealed again: most links"] = "a limit that is not exceeded",
        ["superblock, sealed again: label"] = "any text will do",
        ["inode: permissions"] = "any will do; the other bits of the field are found",
        ["inode: generation"] = "only its change says something",
        ["inode: owner"] = "any will do",
        ["inode: group"] = "any will do",
        ["inode: access time"] = "any will do",
        ["inode: modify time"] = "any will do",
        ["inode: change time"] = "any will do",
        ["inode: size of a file"] = "a file may end anywhere in its last block of which the rest is zero, and in a hole behind it",
        ["inode: size of a link's target"] = "the target is what is in it",
        ["inode: target"] = "a path may be anything",
        ["inode: device number"] = "any will do",
        ["inode of another use: anything"] = "the bitmap says that it is free",
        ["index: a key"] = "where no name lies between it and the one that was there, the tree is as good",
        ["record: length of the name"] = "a shorter name may belong there too, and what is behind it is free then",
        ["record: name"] = "where all of a key's neighbours are in one leaf, another name belongs there too",
        ["record: free space"] = "nobody reads it",
        ["attributes: a name"] = "any text will do",
        ["attributes: a value"] = "any bytes will do",
        ["attributes: length of a value"] = "the bytes that follow are then read as another name and value, if they are any",
        ["content"] = "the file's own",
    };

    [Fact]
    public async Task Whatever_is_changed_is_found_and_named_or_free_to_be_so()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        Assert.True((await Fsck.CheckAsync(device)).IsClean);
        List<Field> fields = [.. FieldsOf(device)];
        AssertAllIsCovered(device, fields);

        var missed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var named = new SortedSet<FsckProblem>();
        foreach (Field field in fields)
        {
            byte[] sound = device.Peek(field.Block);
            for (int at = field.At; at < field.At + field.Size; at++)
            {
                foreach (int change in (int[])[1 << (at % 8), 0xFF])
                {
                    device.Damage(field.Block, bytes =>
                    {
                        bytes[at] ^= (byte)change;
                        if (field.IsSealed)
                            SoundVolume.Seal(bytes);
                    });
                    FsckReport report = await Fsck.CheckAsync(device);
                    if (report.IsClean)
                        missed[field.Name] = $"byte {at} of block {field.Block}, ^ {change:x2}";
                    named.UnionWith(report.Findings.Select(finding => finding.Problem));
                    device.Damage(field.Block, bytes => sound.CopyTo(bytes, 0));
                }
            }
        }

        Assert.Empty(missed.Where(field => !Free.ContainsKey(field.Key)));
        Assert.Empty(Free.Keys.Except(missed.Keys));

        // The number of a leaf's only entry becomes 0 by no change of one bit here, nor of all.
        Assert.Equal(Enum.GetValues<FsckProblem>().Except([FsckProblem.Unreadable, FsckProblem.EmptyLeaf]), named);
    }

    /// <summary>No byte of any structure is left out, and none is two fields'.</summary>
    private static void AssertAllIsCovered(MemoryDevice device, List<Field> fields)
    {
        foreach (IGrouping<long, Field> block in fields.Where(field => !field.IsSealed).GroupBy(field => field.Block))
        {
            int at = 0;
            foreach (Field field in block.OrderBy(field => field.At))
            {
                Assert.True(field.At == at, $"block {block.Key}: {field.Name} begins at {field.At}, what is before it ends at {at}");
                at += field.Size;
            }

            Assert.Equal(Block, at);
        }

        Assert.Empty(device.Touched.Where(block => device.Peek(block).Any(value => value != 0)).Except(fields.Select(field => field.Block)));
    }

    /// <summary>Every field of every structure on a <see cref="SoundVolume"/>.</summary>
    internal static IEnumerable<Field> FieldsOf(MemoryDevice device)
    {
        foreach (bool isSealed in (bool[])[false, true])
        {
            string superblock = isSealed ? "superblock, sealed again" : "superblock";
            int at = 0;
            foreach ((string name, int size) in ((string, int)[])[
                ("magic", 8), ("version", 4), ("block size", 4), ("blocks", 4), ("inodes", 4), ("longest name", 4), ("most links", 4),
                ("label", 32), ("first orphan", 4), ("zero", 4), ("seed of names", 8)])
            {
                yield return new Field($"{superblock}: {name}", 0, at, size, isSealed);
                at += size;
            }
        }

        yield return new Field("superblock: checksum", 0, 80, 8);
        yield return new Field("superblock: behind it", 0, 88, Block - 88);
        yield return new Field("inode bitmap", 1, 0, Block);
        yield return new Field("block bitmap", 2, 0, Block);
        for (int inode = 1; inode <= SoundVolume.Inodes; inode++)
        {
            foreach (Field field in FieldsOfInode(device, inode))
                yield return field;
        }
    }

    private static IEnumerable<Field> FieldsOfInode(MemoryDevice device, int number)
    {
        long block = SoundVolume.TableStart + ((number - 1) / (Block / InodeSize));
        int start = (number - 1) % (Block / InodeSize) * InodeSize;
        bool isUsed = (device.Peek(1)[(number - 1) / 8] & (1 << ((number - 1) % 8))) != 0;
        if (!isUsed)
        {
            yield return new Field("inode of another use: anything", block, start, InodeSize);
            yield break;
        }

        byte[] inode = device.Peek(block)[start..(start + InodeSize)];
        var type = (FileType)inode[0];
        long size = BinaryPrimitives.ReadInt64LittleEndian(inode.AsSpan(16));
        string whose = type switch
        {
            FileType.Regular => " of a file",
            FileType.Directory => " of a directory",
            FileType.SymbolicLink => " of a link's target",
            _ => " of what has no content",
        };
        int at = start;
        foreach ((string name, int length) in ((string, int)[])[
            ("type", 1), ("zero", 1), ("permissions", 2), ("link count", 4), ("generation", 4), ("owner", 4), ("size" + whose, 8),
            ("group", 4), ("blocks", 4), ("access time", 8), ("modify time", 8), ("change time", 8), ("next orphan", 4), ("orphan before", 4)])
        {
            yield return new Field($"inode: {name}", block, at, length);
            at += length;
        }

        int inlined = type == FileType.SymbolicLink && size <= 60 ? (int)size
            : type is FileType.BlockDevice ? 8
            : type == FileType.Directory ? 56
            : type is FileType.Regular or FileType.SymbolicLink ? 60
            : 0;
        string middle = type switch
        {
            FileType.SymbolicLink when size <= 60 => "target",
            FileType.BlockDevice => "device number",
            FileType.Directory => "parent and root",
            _ => "pointers",
        };
        if (inlined > 0)
            yield return new Field($"inode: {middle}", block, start + 64, inlined);
        if (inlined < 60)
            yield return new Field("inode: zero behind it", block, start + 64 + inlined, 60 - inlined);
        yield return new Field("inode: attributes", block, start + 124, 4);

        IEnumerable<Field> below =
            middle == "pointers" ? Enumerable.Range(0, 15).SelectMany(slot => FieldsBelow(device, Number(inode, 64 + (4 * slot)), Math.Max(0, slot - 11), Tail(slot)))
            : type == FileType.Directory ? FieldsOfIndex(device, inode.AsSpan(68, 52).ToArray(), null)
            : [];
        foreach (Field field in below.Concat(FieldsOfAttributes(device, Number(inode, 124))))
            yield return field;

        int Tail(int slot) => (slot + 1) * Block <= size ? Block : (int)(size % Block);
    }

    /// <summary>Blocks of a file; only what is direct can be the end of one here.</summary>
    private static IEnumerable<Field> FieldsBelow(MemoryDevice device, uint block, int depth, int length)
    {
        if (block == 0)
            yield break;
        if (depth > 0)
        {
            yield return new Field("pointers", block, 0, Block);
            byte[] pointers = device.Peek(block);
            int used = Enumerable.Range(0, Block / 4).Count(entry => Number(pointers, 4 * entry) != 0);
            for (int entry = 0; entry < used; entry++)
            {
                foreach (Field field in FieldsBelow(device, Number(pointers, 4 * entry), depth - 1, entry == used - 1 ? 10 : Block))
                    yield return field;
            }

            yield break;
        }

        yield return new Field("content", block, 0, length);
        if (length < Block)
            yield return new Field("behind the end of a file", block, length, Block - length);
    }

    private static IEnumerable<Field> FieldsOfIndex(MemoryDevice device, byte[] index, uint? block)
    {
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(index);
        int levels = BinaryPrimitives.ReadUInt16LittleEndian(index.AsSpan(2));
        if (block is { } own)
        {
            yield return new Field("index: entries", own, 0, 2);
            yield return new Field("index: levels", own, 2, 2);
            yield return new Field("index: the first key", own, 4, 4);
            yield return new Field("index: a block", own, 8, 4);
            for (int entry = 1; entry < entries; entry++)
            {
                yield return new Field("index: a key", own, 4 + (8 * entry), 4);
                yield return new Field("index: a block", own, 8 + (8 * entry), 4);
            }

            yield return new Field("index: zero behind them", own, 4 + (8 * entries), Block - 4 - (8 * entries));
        }

        for (int entry = 0; entry < entries; entry++)
        {
            uint below = Number(index, 8 + (8 * entry));
            foreach (Field field in levels > 1 ? FieldsOfIndex(device, device.Peek(below), below) : FieldsOfLeaf(device, below))
                yield return field;
        }
    }

    private static IEnumerable<Field> FieldsOfLeaf(MemoryDevice device, uint block)
    {
        byte[] leaf = device.Peek(block);
        for (int at = 0; at < Block; at += (int)Number(leaf, at + 4))
        {
            bool isFree = Number(leaf, at) == 0;
            int name = isFree ? 0 : leaf[at + 8];
            int header = isFree ? 8 : 10;
            yield return new Field("record: inode", block, at, 4);
            yield return new Field("record: length", block, at + 4, 4);
            if (!isFree)
            {
                yield return new Field("record: length of the name", block, at + 8, 1);
                yield return new Field("record: type", block, at + 9, 1);
                yield return new Field("record: name", block, at + 10, name);
            }

            int rest = (int)Number(leaf, at + 4) - header - name;
            if (rest > 0)
                yield return new Field("record: free space", block, at + header + name, rest);
        }
    }

    private static IEnumerable<Field> FieldsOfAttributes(MemoryDevice device, uint block)
    {
        if (block == 0)
            yield break;
        byte[] bytes = device.Peek(block);
        int at = 0;
        while (bytes[at] != 0)
        {
            int name = bytes[at];
            int value = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 1));
            yield return new Field("attributes: length of a name", block, at, 1);
            yield return new Field("attributes: length of a value", block, at + 1, 2);
            yield return new Field("attributes: a name", block, at + 3, name);
            yield return new Field("attributes: a value", block, at + 3 + name, value);
            at += 3 + name + value;
        }

        yield return new Field("attributes: zero behind them", block, at, Block - at);
    }

    private static uint Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    /// <param name="Name">As the format calls it.</param>
    /// <param name="Block">Of the device.</param>
    /// <param name="At">Where it begins in it.</param>
    /// <param name="Size">Bytes.</param>
    /// <param name="IsSealed">The superblock's checksum is made right again, as by a program that errs, not a disk.</param>
    internal sealed record Field(string Name, long Block, int At, int Size, bool IsSealed = false);
}
