using System.Buffers.Binary;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Damage planted in a sound file system, one kind at a time, and what fsck calls it.</summary>
/// <remarks>In the file system of <see cref="SoundVolume"/>.</remarks>
public sealed class FsckTests
{
    private const int Inodes = SoundVolume.Inodes;
    private const int TableStart = SoundVolume.TableStart;
    private const int DataStart = SoundVolume.DataStart;
    private const int Pointers = 64;

    public static TheoryData<FsckProblem, Action<MemoryDevice>> Damage() => new()
    {
        { FsckProblem.BadSuperblock, device => device.Damage(0, block => block[33] ^= 1) },
        { FsckProblem.BadSuperblock, device => device.Damage(0, block => block.AsSpan().Clear()) },
        { FsckProblem.Unreadable, device => device.Unreadable.Add(0) },
        { FsckProblem.Unreadable, device => device.Unreadable.Add(2) },
        { FsckProblem.Unreadable, device => device.Unreadable.Add(DataStart) },
        { FsckProblem.BadBitmap, device => device.Damage(2, block => block[0] &= 0xF7) },
        { FsckProblem.BadBitmap, device => device.Damage(2, block => block[511] = 0x7F) },
        { FsckProblem.BadBitmap, device => device.Damage(1, block => block[100] = 0) },
        { FsckProblem.BadInode, device => OnInode(device, 4, bytes => bytes[0] = 8) },
        { FsckProblem.BadInode, device => OnInode(device, 4, bytes => bytes[20] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 4, bytes => bytes[56] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 4, bytes => bytes[3] = 0x10) },
        { FsckProblem.BadInode, device => OnInode(device, 8, bytes => bytes[16] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 8, bytes => bytes[28] = 2) },
        { FsckProblem.BadInode, device => OnInode(device, 8, bytes => bytes[64] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 9, bytes => bytes[72] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 1, bytes => bytes[0] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 6, bytes => bytes[16] = 0) },
        { FsckProblem.BadInode, device => OnInode(device, 6, bytes => bytes[16] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 7, bytes => bytes[17] = 2) },
        { FsckProblem.BadInode, device => OnInode(device, 7, bytes => SetPointer(bytes, 0, 0)) },
        { FsckProblem.TailNotZero, device => device.Damage(PointerOf(device, 7, 0), block => block[400] = 1) },
        { FsckProblem.BadPointer, device => OnInode(device, 4, bytes => SetPointer(bytes, 0, 2)) },
        { FsckProblem.BadPointer, device => OnInode(device, 4, bytes => SetPointer(bytes, 12, 400)) },
        { FsckProblem.BlockUsedTwice, device => OnInode(device, 5, bytes => SetPointer(bytes, 0, PointerOf(device, 4, 3))) },
        { FsckProblem.BlockNotMarked, device => SetMark(device, PointerOf(device, 4, 3), false) },
        { FsckProblem.BlockLeaked, device => SetMark(device, 299, true) },
        { FsckProblem.BlockPastEnd, device => OnInode(device, 4, bytes => bytes[16] = 0) },
        { FsckProblem.TailNotZero, device => device.Damage(PointerOf(device, 5, 0), block => block[400] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[17] = 4) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[28] = 0) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[64] = Inodes + 1) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[68] = 0) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[70] = 9) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[72] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[80] = 1) },
        { FsckProblem.BadInode, device => OnInode(device, 2, bytes => bytes[120] = 1) },
        { FsckProblem.BadIndex, device => device.Damage(BelowRootOf(device, 3), block => block[2] = 2) },
        { FsckProblem.BadIndex, device => device.Damage(BelowRootOf(device, 3), block => block[4] = 1) },
        { FsckProblem.BadIndex, device => device.Damage(BelowRootOf(device, 3), block => block.AsSpan(4, 8).CopyTo(block.AsSpan(12))) },
        { FsckProblem.BadIndex, device => device.Damage(BelowRootOf(device, 3), block => block[511] = 1) },
        { FsckProblem.BadPointer, device => device.Damage(BelowRootOf(device, 3), block => block.AsSpan(8, 4).Clear()) },
        { FsckProblem.BlockUsedTwice, device => OnInode(device, 2, bytes => SetBelowRoot(bytes, BelowRootOf(device, 3))) },
        { FsckProblem.MisplacedEntry, device => device.Damage(LeafOf(device, 3), block => block[10]++) },
        { FsckProblem.EmptyLeaf, device => OnDirectory(device, 2, "sub", (block, at) => block[at] = 0) },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at + 4] = 3) },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at + 8] = 200) },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at + 9] = 8) },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at + 10] = (byte)'/') },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at] = Inodes + 1) },
        { FsckProblem.BadRecord, device => OnDirectory(device, 1, "f", (block, at) => block[at + 10] = (byte)'.') },
        { FsckProblem.WrongParent, device => OnInode(device, 3, bytes => bytes[64] = 1) },
        { FsckProblem.DuplicateName, device => OnDirectory(device, 1, "f", (block, at) => block[at + 10] = (byte)'g') },
        { FsckProblem.EntryToFreeInode, device => OnDirectory(device, 1, "f", (block, at) => block[at] = 30) },
        { FsckProblem.WrongEntryType, device => OnDirectory(device, 1, "f", (block, at) => block[at + 9] = 2) },
        { FsckProblem.DirectoryLinkedTwice, device => OnDirectory(device, 1, "f", (block, at) => block[at] = 3) },
        { FsckProblem.WrongLinkCount, device => OnInode(device, 1, bytes => bytes[4] = 5) },
        { FsckProblem.WrongLinkCount, device => OnInode(device, 4, bytes => bytes[4] = 2) },
        { FsckProblem.WrongBlockCount, device => OnInode(device, 4, bytes => bytes[28]++) },
        { FsckProblem.BadAttributes, device => device.Damage(AttributesOf(device, 5), block => block[0] = 0) },
        { FsckProblem.BadAttributes, device => device.Damage(AttributesOf(device, 5), block => block[2] = 9) },
        { FsckProblem.BadAttributes, device => device.Damage(AttributesOf(device, 5), block => block[511] = 1) },
        { FsckProblem.BadPointer, device => OnInode(device, 8, bytes => SetAttributes(bytes, 1)) },
        { FsckProblem.BlockUsedTwice, device => OnInode(device, 8, bytes => SetAttributes(bytes, AttributesOf(device, 5))) },
        { FsckProblem.WrongBlockCount, device => OnInode(device, 5, bytes => SetAttributes(bytes, 0)) },
        { FsckProblem.BadOrphanChain, device => device.Damage(0, block => SetFirstOrphan(block, 4)) },
        { FsckProblem.BadOrphanChain, device => device.Damage(0, block => SetFirstOrphan(block, 20)) },
        { FsckProblem.BadOrphanChain, device => device.Damage(0, block => SetFirstOrphan(block, 99)) },
        { FsckProblem.BadOrphanChain, device => OnInode(device, 10, bytes => bytes[60] = 0) },
        { FsckProblem.BadOrphanChain, device => OnInode(device, 10, bytes => bytes[56] = 11) },
        { FsckProblem.BadOrphanChain, device => MakeOrphan(device, 4) },
        { FsckProblem.LostInode, device => OnDirectory(device, 1, "f", (block, at) => block[at] = 0) },
    };

    [Theory]
    [MemberData(nameof(Damage), DisableDiscoveryEnumeration = true)]
    public async Task Planted_damage_is_named(FsckProblem problem, Action<MemoryDevice> damage)
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        damage(device);
        FsckReport report = await Fsck.CheckAsync(device);
        FsckFinding first = Assert.Single(report.Findings, finding => finding.Problem == problem);
        Assert.Contains(first.ToString(), report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_file_system_gives_no_findings_and_is_counted()
    {
        FsckReport report = await Fsck.CheckAsync(await SoundVolume.MakeAsync());
        Assert.Equal("clean: 6 files, 3 directories, 45 blocks, 2 orphans", report.ToString());
    }

    [Fact]
    public async Task A_finding_names_what_it_is_about()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        uint shared = PointerOf(device, 4, 3);
        OnInode(device, 5, bytes => SetPointer(bytes, 0, shared));
        FsckReport report = await Fsck.CheckAsync(device);
        FsckFinding twice = report.Findings[0];
        Assert.Equal($"BlockUsedTwice: block {shared} belongs to inode 4 and again to inode 5", twice.ToString());
        Assert.Equal((new InodeNumber(5), new BlockAddress(shared)), (twice.Inode, twice.Block));
        Assert.Contains(report.Findings, finding => finding.Problem == FsckProblem.BlockLeaked);
    }

    [Fact]
    public async Task Content_that_cannot_be_read_is_no_finding()
    {
        MemoryDevice device = await SoundVolume.MakeAsync();
        for (int slot = 0; slot < 12; slot++)
            device.Unreadable.Add(PointerOf(device, 4, slot));
        device.Unreadable.Add(PointerOf(device, 5, 0));
        Assert.True((await Fsck.CheckAsync(device)).IsClean);
    }

    [Fact]
    public void Every_kind_of_problem_is_planted()
    {
        IEnumerable<FsckProblem> planted = Damage().Select(row => (FsckProblem)row[0]);
        Assert.Empty(Enum.GetValues<FsckProblem>().Except(planted));
    }

    private static void SetAttributes(byte[] inode, uint block) =>
        BinaryPrimitives.WriteUInt32LittleEndian(inode.AsSpan(124), block);

    private static uint AttributesOf(MemoryDevice device, int inode) => BinaryPrimitives.ReadUInt32LittleEndian(
        device.Peek(TableStart + ((inode - 1) / 4)).AsSpan(((inode - 1) % 4 * 128) + 124));

    private static void SetFirstOrphan(byte[] superblock, uint orphan)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(superblock.AsSpan(64), orphan);
        SoundVolume.Seal(superblock);
    }

    /// <summary>Has the chain begin with an inode that is an orphan but for the entry that leads to it.</summary>
    private static void MakeOrphan(MemoryDevice device, int inode)
    {
        OnInode(device, inode, bytes => bytes[4] = 0);
        device.Damage(0, block => SetFirstOrphan(block, (uint)inode));
    }

    private static void OnInode(MemoryDevice device, int inode, Action<byte[]> change) =>
        device.Damage(TableStart + ((inode - 1) / 4), block =>
        {
            int at = (inode - 1) % 4 * 128;
            byte[] bytes = block[at..(at + 128)];
            change(bytes);
            bytes.CopyTo(block, at);
        });

    private static void SetPointer(byte[] inode, int slot, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(inode.AsSpan(Pointers + (4 * slot)), value);

    private static uint PointerOf(MemoryDevice device, int inode, int slot) => BinaryPrimitives.ReadUInt32LittleEndian(
        device.Peek(TableStart + ((inode - 1) / 4)).AsSpan(((inode - 1) % 4 * 128) + Pointers + (4 * slot)));

    private static void SetMark(MemoryDevice device, uint block, bool inUse) => device.Damage(2, bitmap =>
    {
        byte mask = (byte)(1 << (int)(block % 8));
        bitmap[block / 8] = inUse ? (byte)(bitmap[block / 8] | mask) : (byte)(bitmap[block / 8] & ~mask);
    });

    /// <summary>The block that the first entry of the root of a directory's tree leads to.</summary>
    private static uint BelowRootOf(MemoryDevice device, int inode) => PointerOf(device, inode, 3);

    private static void SetBelowRoot(byte[] inode, uint block) => SetPointer(inode, 3, block);

    /// <summary>The last leaf below that block, which is an index.</summary>
    private static uint LeafOf(MemoryDevice device, int inode)
    {
        byte[] index = device.Peek(BelowRootOf(device, inode));
        return BinaryPrimitives.ReadUInt32LittleEndian(index.AsSpan(8 * BinaryPrimitives.ReadUInt16LittleEndian(index)));
    }

    /// <summary>Changes the only leaf of a directory; given is where the record of a name begins.</summary>
    private static void OnDirectory(MemoryDevice device, int inode, string name, Action<byte[], int> change) =>
        device.Damage(BelowRootOf(device, inode), block =>
        {
            int at = 0;
            while (System.Text.Encoding.UTF8.GetString(block, at + 10, block[at + 8]) != name)
                at += BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(at + 4));
            change(block, at);
        });
}
