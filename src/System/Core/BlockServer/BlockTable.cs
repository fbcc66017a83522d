using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>
/// What every block of the member should hold: in memory for each read, and in a file apart from the data.
/// </summary>
/// <remarks>
/// A sector of the file is rewritten as a whole from memory, so two writers of one group take turns; which rows
/// may be changed at all is the store's business, by its row locks.
/// </remarks>
internal sealed class BlockTable
{
    private const int SectorsInOneRead = 128;

    private readonly IDiskFile _file;
    private readonly RowEntry[] _entries;
    private readonly KeyedLock<long> _groups = new();

    private BlockTable(IDiskFile file, long rows)
    {
        _file = file;
        _entries = new RowEntry[rows];
    }

    /// <summary>Groups whose sector was damaged or unreadable when the table was loaded.</summary>
    public long DamagedGroups { get; private set; }

    public RowEntry this[Row row]
    {
        get => _entries[row.Value];
        set => _entries[row.Value] = value;
    }

    /// <summary>Writes and flushes a table of rows that were never written.</summary>
    public static async Task<Errno> FormatAsync(IDiskFile file, long rows)
    {
        Errno error = await file.TruncateAsync(0);
        var table = new BlockTable(file, rows);
        long groups = TableSector.Groups(rows);
        for (long group = 0; group < groups && error == Errno.OK; group += SectorsInOneRead)
        {
            int sectors = (int)Math.Min(SectorsInOneRead, groups - group);
            byte[] bytes = new byte[sectors * TableSector.Size];
            for (int i = 0; i < sectors; i++)
            {
                TableSector.Encode(group + i, table.Group(group + i), bytes.AsSpan(i * TableSector.Size));
            }

            error = await file.WriteAsync(group * TableSector.Size, bytes);
        }

        return error == Errno.OK ? await file.FlushAsync() : error;
    }

    /// <summary>Reads the table. A sector that cannot be trusted makes its rows lost, and is no error.</summary>
    public static async Task<BlockTable> LoadAsync(IDiskFile file, long rows)
    {
        var table = new BlockTable(file, rows);
        long groups = TableSector.Groups(rows);
        byte[] bytes = new byte[(int)Math.Min(SectorsInOneRead, groups) * TableSector.Size];
        for (long group = 0; group < groups; group += SectorsInOneRead)
        {
            int sectors = (int)Math.Min(SectorsInOneRead, groups - group);
            Memory<byte> all = bytes.AsMemory(0, sectors * TableSector.Size);
            bool readable = await file.ReadAsync(group * TableSector.Size, all) == Errno.OK;
            for (int i = 0; i < sectors; i++)
            {
                Memory<byte> sector = all.Slice(i * TableSector.Size, TableSector.Size);
                if (!readable && await file.ReadAsync((group + i) * TableSector.Size, sector) != Errno.OK)
                {
                    sector.Span.Clear();
                }

                if (!TableSector.Decode(group + i, sector.Span, table.Group(group + i)))
                {
                    table.DamagedGroups++;
                }
            }
        }

        return table;
    }

    /// <summary>
    /// Writes the sectors of the given rows as they are in memory now; durable after <see cref="FlushAsync"/>.
    /// </summary>
    /// <param name="rows">Ascending.</param>
    public async Task<Errno> StoreAsync(IReadOnlyList<Row> rows)
    {
        Errno result = Errno.OK;
        long last = -1;
        foreach (Row row in rows)
        {
            long group = row.Value / TableSector.RowsInGroup;
            if (group == last)
            {
                continue;
            }

            last = group;
            using KeyedLock<long>.Holder turn = await _groups.AcquireAsync(group);
            byte[] sector = new byte[TableSector.Size];
            TableSector.Encode(group, Group(group), sector);
            Errno error = await _file.WriteAsync(group * TableSector.Size, sector);
            result = result == Errno.OK ? error : result;
        }

        return result;
    }

    public Task<Errno> FlushAsync() => _file.FlushAsync();

    private Span<RowEntry> Group(long group)
    {
        int first = (int)(group * TableSector.RowsInGroup);
        return _entries.AsSpan(first, Math.Min(TableSector.RowsInGroup, _entries.Length - first));
    }
}
