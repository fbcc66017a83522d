using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The blocks of one member on its disk, each verified when it is read and durable when its write returns.
/// </summary>
/// <remarks>
/// <para>Two files matter: the data, addressed by row, and the table, which says what each block should hold.
/// They stand apart so that one fault does not make both agree on something old:</para>
/// <list type="bullet">
/// <item>a bit flip, a torn, lost or misdirected write of data does not match the table: corrupt;</item>
/// <item>a lost or torn write of the table does not match the data: corrupt;</item>
/// <item>a damaged sector of the table takes the knowledge of its 32 rows: they are unreadable until written
/// again, never trusted;</item>
/// <item>a block that was never written is verified too: it must be zeros, so the loss of its first entry
/// shows.</item>
/// </list>
/// <para>A write overwrites in place and flushes both files before it returns. A crash on the way may leave new
/// data under an old entry or the other way round; that reads as corrupt, and the write was never acknowledged:
/// the array sends it again or counts the row as stale here. Blocks that were not being written keep their
/// bytes and entries: a sector of the table is old or new as a whole.</para>
/// <para>Calls on the same row take turns in the order they came; a read never sees half a write. Sequences
/// order the writes of one client within one boot: a late duplicate is recognised and ignored. Late calls of an
/// earlier boot are refused above, by the service.</para>
/// <para>Called from the server's one executor.</para>
/// </remarks>
public sealed class MemberStore
{
    private readonly IDiskFile _data;
    private readonly BlockTable _table;
    private readonly KeyedLock<Row> _rows = new();
    private readonly byte[] _zeros;

    private MemberStore(MemberGeometry geometry, ulong bootId, IDiskFile data, BlockTable table)
    {
        Geometry = geometry;
        BootId = bootId;
        _data = data;
        _table = table;
        _zeros = new byte[geometry.BlockSize];
    }

    public MemberGeometry Geometry { get; }

    /// <summary>Tells this life of the server from all others; not 0.</summary>
    public ulong BootId { get; }

    /// <summary>The highest sequence that a write of this boot carried; 0 before the first.</summary>
    public ulong HighestSequence { get; private set; }

    /// <summary>Sectors of the table that were found damaged when the store was opened.</summary>
    public long DamagedTableGroups => _table.DamagedGroups;

    /// <summary>Blocks of late duplicates that were ignored.</summary>
    internal long SupersededBlocks { get; private set; }

    /// <summary>Makes a member of an empty folder. A format that was cut short may be repeated.</summary>
    /// <returns>
    /// <see cref="Errno.EEXIST"/> if the folder holds a member already, or anything that is not a member's.
    /// </returns>
    public static Task<Errno> FormatAsync(IDisk disk, MemberGeometry geometry) =>
        MemberFolder.FormatAsync(disk, geometry);

    /// <summary>Says whether a folder can be served and, if not, why. Changes nothing.</summary>
    public static Task<FolderInspection> InspectAsync(IDisk disk) => MemberFolder.InspectAsync(disk);

    /// <summary>Takes the folder and reads the table.</summary>
    /// <param name="disk">The member's folder.</param>
    /// <param name="bootId">Drawn at random at each start; not 0.</param>
    /// <returns>
    /// EBUSY: another server holds it. ENOENT: not formatted. EEXIST: files that are not a member's.
    /// EINVAL: another format version. EUCLEAN: the superblock is damaged. ESTALE: files missing or too short for
    /// the geometry. EIO: the disk failed. <see cref="InspectAsync"/> says it in words.
    /// </returns>
    public static async Task<Result<MemberStore>> OpenAsync(IDisk disk, ulong bootId)
    {
        Invariant.Require(bootId != 0, "a boot id is not 0");
        Errno locked = await disk.LockAsync();
        if (locked != Errno.OK)
        {
            return locked;
        }

        FolderInspection found = await InspectAsync(disk);
        if (found.Fault != StoreFault.None || found.Geometry is null)
        {
            return found.Fault.ToErrno();
        }

        Result<IDiskFile> data = await disk.OpenAsync(MemberFolder.DataFileName, DiskOpenMode.Open);
        Result<IDiskFile> table = await disk.OpenAsync(TableSector.FileName, DiskOpenMode.Open);
        if (!data.IsOk || !table.IsOk)
        {
            return data.IsOk ? table.Error : data.Error;
        }

        BlockTable loaded = await BlockTable.LoadAsync(table.Value, found.Geometry.Rows);
        return new MemberStore(found.Geometry, bootId, data.Value, loaded);
    }

    /// <summary>Reads and verifies blocks.</summary>
    /// <param name="rows">Strictly ascending, each in range.</param>
    internal async Task<StoredBlock[]> ReadAsync(IReadOnlyList<Row> rows)
    {
        var blocks = new StoredBlock[rows.Count];
        var holders = new KeyedLock<Row>.Holder[rows.Count];
        try
        {
            for (int i = 0; i < rows.Count; i++)
            {
                holders[i] = await _rows.AcquireAsync(rows[i]);
            }

            for (int first = 0; first < rows.Count;)
            {
                int count = RunLength(rows, first);
                await ReadRunAsync(rows[first], blocks.AsMemory(first, count));
                first += count;
            }
        }
        finally
        {
            Release(holders);
        }

        return blocks;
    }

    /// <summary>Writes blocks and makes them durable; those that hold a later write already are left alone.</summary>
    /// <param name="sequence">The client's, at most <see cref="RowEntry.MaxSequence"/>.</param>
    /// <param name="blocks">Their rows strictly ascending, each in range; their checksums verified.</param>
    /// <returns>
    /// <see cref="Errno.EIO"/> or <see cref="Errno.ENOSPC"/>: each block is as before, as asked, or unreadable.
    /// </returns>
    internal async Task<Errno> WriteAsync(ulong sequence, IReadOnlyList<NewBlock> blocks)
    {
        HighestSequence = Math.Max(HighestSequence, sequence);
        var holders = new KeyedLock<Row>.Holder[blocks.Count];
        try
        {
            var fresh = new List<NewBlock>(blocks.Count);
            for (int i = 0; i < blocks.Count; i++)
            {
                holders[i] = await _rows.AcquireAsync(blocks[i].Row);
                if (IsSuperseded(_table[blocks[i].Row], sequence))
                {
                    SupersededBlocks++;
                }
                else
                {
                    fresh.Add(blocks[i]);
                }
            }

            return fresh.Count == 0 ? Errno.OK : await WriteLockedAsync(sequence, fresh);
        }
        finally
        {
            Release(holders);
        }
    }

    /// <summary>A write that failed half way (its row is lost) is not in the way of its own repetition.</summary>
    private static bool IsSuperseded(RowEntry entry, ulong sequence) =>
        entry.Sequence > sequence || (entry.Sequence == sequence && entry.State == RowState.Written);

    private static int RunLength(IReadOnlyList<Row> rows, int first)
    {
        int count = 1;
        while (first + count < rows.Count && rows[first + count].Value == rows[first].Value + count)
        {
            count++;
        }

        return count;
    }

    private static void Release(KeyedLock<Row>.Holder[] holders)
    {
        foreach (KeyedLock<Row>.Holder holder in holders)
        {
            holder.Dispose();
        }
    }

    private async Task ReadRunAsync(Row first, Memory<StoredBlock> blocks)
    {
        int size = Geometry.BlockSize;
        Memory<byte> bytes = new byte[blocks.Length * size];
        Errno error = await _data.ReadAsync(first.Value * size, bytes);
        for (int i = 0; i < blocks.Length; i++)
        {
            Memory<byte> content = bytes.Slice(i * size, size);
            var row = new Row(first.Value + i);

            // One bad sector fails the whole run: the others are read one by one.
            Errno own = error == Errno.OK || blocks.Length == 1
                ? error
                : await _data.ReadAsync(row.Value * size, content);
            blocks.Span[i] = Verify(_table[row], own, content);
        }
    }

    private StoredBlock Verify(RowEntry entry, Errno error, ReadOnlyMemory<byte> content)
    {
        if (error != Errno.OK || entry.State == RowState.Lost)
        {
            return new StoredBlock(StoredBlockState.Unreadable, default, default);
        }

        if (entry.State == RowState.NeverWritten)
        {
            bool zeros = content.Span.SequenceEqual(_zeros);
            return new StoredBlock(
                zeros ? StoredBlockState.NeverWritten : StoredBlockState.Corrupt, default, default);
        }

        return Checksum.Of(content.Span) == entry.Checksum
            ? new StoredBlock(StoredBlockState.Good, content, entry.Checksum)
            : new StoredBlock(StoredBlockState.Corrupt, default, default);
    }

    private async Task<Errno> WriteLockedAsync(ulong sequence, List<NewBlock> blocks)
    {
        Row[] rows = [.. blocks.Select(block => block.Row)];
        Errno error = Errno.OK;
        for (int first = 0; first < blocks.Count && error == Errno.OK;)
        {
            int count = RunLength(rows, first);
            error = await _data.WriteAsync(rows[first].Value * Geometry.BlockSize, Join(blocks, first, count));
            first += count;
        }

        if (error == Errno.OK)
        {
            foreach (NewBlock block in blocks)
            {
                _table[block.Row] = new RowEntry(RowState.Written, block.Checksum, sequence);
            }

            error = await _table.StoreAsync(rows);
        }

        if (error == Errno.OK)
        {
            Task<Errno> data = _data.FlushAsync();
            Task<Errno> table = _table.FlushAsync();
            Errno[] both = await Task.WhenAll(data, table);
            error = both[0] != Errno.OK ? both[0] : both[1];
        }

        if (error != Errno.OK)
        {
            // Which of the bytes arrived nobody knows, and a flush that failed once proves nothing later.
            foreach (Row row in rows)
            {
                _table[row] = new RowEntry(RowState.Lost, default, sequence);
            }
        }

        return error;
    }

    private ReadOnlyMemory<byte> Join(List<NewBlock> blocks, int first, int count)
    {
        if (count == 1)
        {
            return blocks[first].Content;
        }

        byte[] joined = new byte[count * Geometry.BlockSize];
        for (int i = 0; i < count; i++)
        {
            blocks[first + i].Content.CopyTo(joined.AsMemory(i * Geometry.BlockSize));
        }

        return joined;
    }
}
