using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The table file: one sector for each group of 32 rows, so that a crash leaves each group old or new as a whole.
/// </summary>
/// <remarks>
/// <code>
/// one sector of 512 bytes, little endian
///   0  magic "TABL"              4
///   4  rows written, a bit each  4
///   8  rows lost, a bit each     4
///  12  zero                      4
///  16  number of this group      8   a sector that lands in the wrong place does not pass there
///  24  checksums, one a row    256
/// 280  zero                    224
/// 504  checksum of the above     8
/// </code>
/// The sequences of writes are not kept: they matter within one boot only.
/// </remarks>
internal static class TableSector
{
    public const string FileName = "table";
    public const int Size = 512;
    public const int RowsInGroup = 32;

    private const uint Magic = 0x4C42_4154;
    private const int ChecksumsOffset = 24;
    private const int ChecksumOffset = Size - sizeof(ulong);

    public static long Groups(long rows) => (rows + RowsInGroup - 1) / RowsInGroup;

    /// <param name="group">Number of the group.</param>
    /// <param name="entries">Its rows, 32 or, in the last group, fewer.</param>
    /// <param name="sector">The first 512 bytes are overwritten.</param>
    public static void Encode(long group, ReadOnlySpan<RowEntry> entries, Span<byte> sector)
    {
        sector = sector[..Size];
        sector.Clear();
        uint written = 0;
        uint lost = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            switch (entries[i].State)
            {
                case RowState.Written:
                    written |= 1u << i;
                    BinaryPrimitives.WriteUInt64LittleEndian(
                        sector[(ChecksumsOffset + (i * sizeof(ulong)))..], entries[i].Checksum.Value);
                    break;
                case RowState.Lost:
                    lost |= 1u << i;
                    break;
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(sector, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[4..], written);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[8..], lost);
        BinaryPrimitives.WriteInt64LittleEndian(sector[16..], group);
        BinaryPrimitives.WriteUInt64LittleEndian(
            sector[ChecksumOffset..], Checksum.Of(sector[..ChecksumOffset]).Value);
    }

    /// <summary>Reads a group; a damaged one makes all its rows lost.</summary>
    /// <returns>Whether the sector was sound.</returns>
    public static bool Decode(long group, ReadOnlySpan<byte> sector, Span<RowEntry> entries)
    {
        bool sound = BinaryPrimitives.ReadUInt32LittleEndian(sector) == Magic
            && BinaryPrimitives.ReadInt64LittleEndian(sector[16..]) == group
            && BinaryPrimitives.ReadUInt64LittleEndian(sector[ChecksumOffset..])
                == Checksum.Of(sector[..ChecksumOffset]).Value;
        uint written = sound ? BinaryPrimitives.ReadUInt32LittleEndian(sector[4..]) : 0;
        uint lost = sound ? BinaryPrimitives.ReadUInt32LittleEndian(sector[8..]) : uint.MaxValue;
        for (int i = 0; i < entries.Length; i++)
        {
            uint bit = 1u << i;
            RowState state = (lost & bit) != 0 ? RowState.Lost
                : (written & bit) != 0 ? RowState.Written
                : RowState.NeverWritten;
            ulong checksum =
                BinaryPrimitives.ReadUInt64LittleEndian(sector[(ChecksumsOffset + (i * sizeof(ulong)))..]);
            entries[i] = state == RowState.Written
                ? new RowEntry(state, new Checksum(checksum), sequence: 0)
                : new RowEntry(state, default, sequence: 0);
        }

        return sound;
    }
}
