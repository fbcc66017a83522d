using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>Where the committed block of a row lies, and what it should hold.</summary>
/// <param name="Slot">Null if the row was never written.</param>
/// <param name="Checksum">Of its content.</param>
/// <param name="Epoch">Of its last write.</param>
internal readonly record struct TableEntry(uint? Slot, Checksum Checksum, Epoch Epoch);

/// <summary>
/// What every block of the member should hold, as committed: in memory for each read; durable through checkpoint and
/// log, apart from the data.
/// </summary>
/// <remarks>24 bytes a row.</remarks>
internal sealed class BlockTable(long rows)
{
    private readonly Packed[] _entries = new Packed[rows];

    public long Rows => _entries.Length;

    /// <summary>Rows that were ever written.</summary>
    public long Written { get; private set; }

    public TableEntry this[Row row]
    {
        get
        {
            ref readonly Packed entry = ref _entries[row.Value];
            return new TableEntry(
                entry.SlotPlusOne == 0 ? null : entry.SlotPlusOne - 1, new Checksum(entry.Checksum), new Epoch(entry.Epoch));
        }
    }

    public void Set(Row row, uint slot, Checksum checksum, Epoch epoch)
    {
        ref Packed entry = ref _entries[row.Value];
        Written += entry.SlotPlusOne == 0 ? 1 : 0;
        entry = new Packed { SlotPlusOne = slot + 1, Checksum = checksum.Value, Epoch = epoch.Value };
    }

    private struct Packed
    {
        public ulong Checksum;
        public ulong Epoch;
        public uint SlotPlusOne;
    }
}
