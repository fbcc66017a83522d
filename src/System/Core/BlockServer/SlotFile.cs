using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The blocks' bytes: one block a slot, more slots than rows. A write goes to a free slot, so what is torn by a crash
/// is never what was committed.
/// </summary>
/// <remarks>
/// A slot begins at a sector of its own, whatever the size of a block: a sector is torn, or dies, with one block at most.
/// </remarks>
internal sealed class SlotFile(IDiskFile file, MemberGeometry geometry)
{
    public const string FileName = "slots";

    private readonly int _stride = Stride(geometry);

    private bool IsDense => _stride == geometry.BlockSize;

    /// <summary>
    /// Slots of a member: one a row, spare ones for two epochs, one sealed and one open, and for the writes under way. Never
    /// fewer than an eighth of the rows are spare.
    /// </summary>
    /// <remarks>
    /// A row that the open epoch wrote before is written into a free slot too, and gives its other one back when the disk is
    /// done. So where both epochs are full, which a small member may be at any time, writing a row once more takes one slot more
    /// than they hold. Slots that could not be written take nothing away: see <see cref="SlotSpace.PutAside"/>.
    /// </remarks>
    public static uint Slots(MemberGeometry geometry) => (uint)(geometry.Rows
        + Math.Max((geometry.Rows + 7) / 8, 2 * CallLimits.RowsInEpoch(geometry.Rows))
        + CallLimits.RowsUnderWay(geometry.Rows));

    /// <summary>Bytes from one slot to the next.</summary>
    public static int Stride(MemberGeometry geometry) => Math.Max(geometry.BlockSize, DiskSector.Size);

    /// <summary>Bytes of the file.</summary>
    public static long Length(MemberGeometry geometry) => Slots(geometry) * (long)Stride(geometry);

    /// <summary>Reads the block of a slot.</summary>
    public Task<Errno> ReadAsync(uint slot, Memory<byte> block) => file.ReadAsync((long)slot * _stride, block);

    /// <summary>Whether blocks of consecutive slots can be read or written in one go.</summary>
    public bool Follows(uint slot, uint previous) => IsDense && slot == previous + 1;

    /// <summary>Writes one block, or several into consecutive slots; durable after <see cref="FlushAsync"/>.</summary>
    public Task<Errno> WriteAsync(uint slot, ReadOnlyMemory<byte> blocks) =>
        file.WriteAsync((long)slot * _stride, blocks);

    public Task<Errno> FlushAsync() => file.FlushAsync();
}
