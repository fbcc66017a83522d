using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>What came of opening a member's folder.</summary>
/// <param name="Store">The open store; null if it cannot be served.</param>
/// <param name="Fault">Why not.</param>
public readonly record struct StoreOpening(MemberStore? Store, StoreFault Fault);

/// <summary>How much there is of a store, for those who watch it.</summary>
/// <param name="LogBytes">Of the logs since the last checkpoint.</param>
/// <param name="OpenBlocks">In the open epoch.</param>
/// <param name="SealedBlocks">In the sealed one.</param>
/// <param name="FreeSlots">That a write could take.</param>
public readonly record struct StoreFigures(long LogBytes, int OpenBlocks, int SealedBlocks, long FreeSlots);

/// <summary>
/// The blocks of one member on its disk: each verified when it is read, and written in epochs that are committed as a
/// whole or not at all.
/// </summary>
/// <remarks>
/// <para><b>Faults assumed.</b> A crash at any moment; after it each sector that was not flushed is old, new or
/// unreadable. Damage to any byte at any time: of a block, it shows in the read of that block; of superblock, checkpoint
/// or log, at the next start, which names it and refuses. Writes that are lost or go elsewhere show as blocks that do
/// not match the table, as the table is kept apart from them.</para>
/// <para><b>A block's way.</b> A write goes to a free slot and is known in memory only: the open epoch. <c>Prepare</c>
/// flushes the slots, then logs where they are: sealed, and from here on in spite of any crash. <c>Commit</c> makes them
/// the table's, and the slots they replace free, once that is durable. What is committed is never written over.</para>
/// <code>
///   open --Prepare--> sealed --Commit, next Prepare, Join of a decision for it--> committed
///    |                   |
///    crash, a new claim, a join      Record or Join of a decision against it
///    v                   v
///   dropped           dropped
/// </code>
/// <para><b>Order.</b> Promises, epochs and decisions take turns; reads and writes of blocks go on meanwhile, and so does the
/// writing of a checkpoint. Whoever waited for its turn is judged again when it has it: a claim that was fenced meanwhile does
/// nothing.</para>
/// <para>If the disk fails under the log nobody knows what is durable: the store halts, answers errors only, and must be
/// opened anew. Called from the server's one executor.</para>
/// </remarks>
public sealed partial class MemberStore
{
    /// <summary>
    /// Logs longer than this, and longer than two checkpoints, give way to a checkpoint; where it is put off, it is tried again when
    /// they have become twice as long. Bytes.
    /// </summary>
    private const long ShortLog = 64 * 1024;

    /// <summary>The file that <see cref="OffsetsOf"/> speaks of.</summary>
    public const string SlotFileName = SlotFile.FileName;

    private readonly IDisk _disk;
    private readonly IDiskFile _superblockFile;
    private readonly SlotFile _slots;
    private readonly SlotSpace _space;
    private readonly MemberImage _image;
    private readonly SharedLock _turns = new();
    private readonly TaskCompletionSource _halted = new();
    private Superblock _superblock;
    private MemberLog _log;
    private uint _firstLog;
    private long _bytesBefore;
    private long _putOffUntil;
    private LogPosition _applied;
    private EpochBlocks? _open;
    private EpochBlocks? _sealing;
    private ulong _lastJoin;
    private uint _witnessed;

    private MemberStore(
        IDisk disk,
        ulong bootId,
        Superblock superblock,
        IDiskFile superblockFile,
        SlotFile slots,
        SlotSpace space,
        MemberImage image,
        uint firstLog,
        long bytesBefore,
        MemberLog log)
    {
        _disk = disk;
        BootId = bootId;
        _superblock = superblock;
        _superblockFile = superblockFile;
        _slots = slots;
        _space = space;
        _image = image;
        _firstLog = firstLog;
        _bytesBefore = bytesBefore;
        _log = log;
        _applied = log.End;
    }

    public MemberGeometry Geometry => _superblock.Geometry;

    /// <summary>Tells this life of the server from all others; not 0.</summary>
    public ulong BootId { get; }

    /// <summary>Ends when the disk failed in a way that only a new start can mend; in an exception only by a bug.</summary>
    public Task Halted => _halted.Task;

    /// <summary>How much there is of it at this moment.</summary>
    public StoreFigures Figures => new(
        LogBytes: _bytesBefore + _log.Length,
        OpenBlocks: _open?.Count ?? 0,
        SealedBlocks: _image.Pending?.Count ?? 0,
        FreeSlots: _space.Free);

    /// <summary>The checkpoint that is being written beside all else, or was last; adopted or put off when it ends.</summary>
    internal Task Checkpointing { get; private set; } = Task.CompletedTask;

    /// <summary>Where the member stands.</summary>
    internal MemberRecord Record => new(BootId, _superblock.Promised, _image.View, _image.Self, _image.Sealed, _witnessed);

    internal MemberTally Tally { get; } = new();

    private bool IsHalted => _halted.Task.IsCompleted;

    /// <summary>Makes a member of an empty folder. A format that was cut short may be repeated.</summary>
    /// <returns>
    /// <see cref="Errno.EEXIST"/> if the folder holds a member already, or anything that is not a member's;
    /// <see cref="Errno.EBUSY"/> if a server holds it.
    /// </returns>
    public static Task<Errno> FormatAsync(IDisk disk, MemberGeometry geometry) =>
        MemberFolder.FormatAsync(disk, geometry);

    /// <summary>Deletes a member for good, so that the folder can be formatted again. Nothing else may be in it.</summary>
    public static Task<Errno> EraseAsync(IDisk disk) => MemberFolder.EraseAsync(disk);

    /// <summary>Says whether a folder can be served and, if not, why. Changes nothing.</summary>
    public static Task<FolderInspection> InspectAsync(IDisk disk) => MemberFolder.InspectAsync(disk);

    /// <summary>Takes the folder, and reads checkpoint and log.</summary>
    /// <param name="disk">The member's folder.</param>
    /// <param name="bootId">Drawn at random at each start; not 0.</param>
    public static async Task<StoreOpening> OpenAsync(IDisk disk, ulong bootId)
    {
        Invariant.Require(bootId != 0, "a boot id is not 0");
        Errno locked = await disk.LockAsync();
        if (locked != Errno.OK)
        {
            return new StoreOpening(null, locked == Errno.EBUSY ? StoreFault.InUse : StoreFault.Unreadable);
        }

        FolderInspection found = await MemberFolder.InspectAsync(disk);
        if (found.Fault != StoreFault.None)
        {
            return new StoreOpening(null, found.Fault);
        }

        Result<IDiskFile> superblockFile = await disk.OpenAsync(Superblock.FileName, DiskOpenMode.Open);
        Result<IDiskFile> slots = await disk.OpenAsync(SlotFile.FileName, DiskOpenMode.Open);
        if (!superblockFile.IsOk || !slots.IsOk)
        {
            return new StoreOpening(null, StoreFault.Unreadable);
        }

        (Superblock? superblock, int? lacking, StoreFault fault) = await Superblock.ReadAsync(superblockFile.Value);
        if (superblock is null)
        {
            return new StoreOpening(null, fault);
        }

        if (lacking is { } copy && await superblock.MendAsync(superblockFile.Value, copy) != Errno.OK)
        {
            return new StoreOpening(null, StoreFault.Unreadable);
        }

        (CheckpointContent? checkpoint, fault) = await Checkpoint.ReadAsync(disk, superblock.Geometry);
        if (checkpoint is null)
        {
            return new StoreOpening(null, fault);
        }

        MemberIndex self = superblock.Geometry.Member;
        MemberImage image = checkpoint.Image;
        (MemberLog? log, long bytesBefore, fault) = await MemberLog.ReplayAsync(
            disk, checkpoint.Log, record => image.Apply(record, self));
        if (log is null || checkpoint.Reached.IsBehind(log.End))
        {
            return new StoreOpening(null, log is null ? fault : StoreFault.DamagedLog);
        }

        image.TakeRetired();
        var space = new SlotSpace(SlotFile.Slots(superblock.Geometry));
        if (!TryTakeAll(space, image))
        {
            return new StoreOpening(null, StoreFault.DamagedTable);
        }

        // A process before this one may have been killed before a flush that it owed: what it left is not spoken of, nor
        // built upon, before it is durable.
        if (await superblockFile.Value.FlushAsync() != Errno.OK || await disk.FlushFolderAsync() != Errno.OK)
        {
            return new StoreOpening(null, StoreFault.Unreadable);
        }

        await MemberFolder.TidyAsync(disk, checkpoint.Log.Number, log.Number);
        var file = new SlotFile(slots.Value, superblock.Geometry);
        return new StoreOpening(
            new MemberStore(
                disk, bootId, superblock, superblockFile.Value, file, space, image, checkpoint.Log.Number, bytesBefore, log),
            StoreFault.None);
    }

    /// <summary>Where the bytes of a row lie in the slot file, for tools that look at it: every slot that the row uses.</summary>
    /// <returns>Offsets in bytes: of the newest content first.</returns>
    public IEnumerable<long> OffsetsOf(Row row)
    {
        IEnumerable<long> lasting = LastingOffsetsOf(row);
        return _open is not null && _open.TryGet(row, out EpochBlock block)
            ? lasting.Prepend(block.Slot * SlotFile.Stride(Geometry))
            : lasting;
    }

    /// <summary>The same without what a stop drops: what the row falls back to at the next start.</summary>
    public IEnumerable<long> LastingOffsetsOf(Row row)
    {
        long stride = SlotFile.Stride(Geometry);
        foreach (EpochBlocks? epoch in new[] { _sealing, _image.Pending })
        {
            if (epoch is not null && epoch.TryGet(row, out EpochBlock block))
            {
                yield return block.Slot * stride;
            }
        }

        if (_image.Table[row].Slot is { } slot)
        {
            yield return slot * stride;
        }
    }

    /// <summary>Grants a claim to a generation that is higher than every one before, or the same claim again.</summary>
    internal async Task<CallStatus> OpenAsync(Claim claim)
    {
        using SharedLock.Exclusive turn = await _turns.EnterAsync();
        return claim.Generation == _superblock.Promised.Generation && claim != _superblock.Promised
            ? CallStatus.Fenced
            : await PromiseAsync(claim);
    }

    /// <summary>Seals the open epoch, and commits the one before if it is pending.</summary>
    internal async Task<CallStatus> PrepareAsync(Claim claim, SealedEpoch epoch, Epoch previous, EpochDigest expected)
    {
        using SharedLock.Exclusive turn = await _turns.EnterAsync();
        if (Judge(claim) is not CallStatus.Ok and var refusal)
        {
            return refusal;
        }

        if (_image.Sealed is { } before && before.Epoch == epoch.Epoch)
        {
            return epoch.Stamp > before.Stamp ? await LogAsync(new LogRecord.Mask(epoch)) : CallStatus.Ok;
        }

        if (epoch.Epoch <= _image.View.Stamp.Epoch)
        {
            // A late one: the epoch was decided long ago.
            return CallStatus.Ok;
        }

        if (_image.View.Stamp.Epoch.Generation != claim.Generation)
        {
            return CallStatus.NotOpen;
        }

        EpochBlocks blocks = _open?.Epoch == epoch.Epoch ? _open : new EpochBlocks(epoch.Epoch);
        EpochDigest digest = blocks.Digest();
        bool leavesAnother = _image.Sealed is { } other && other.Epoch != previous;
        if (leavesAnother || digest.Blocks != expected.Blocks || digest.Value != expected.Value)
        {
            return CallStatus.Mismatch;
        }

        return Witness(claim, await SealAsync(epoch, previous, blocks));
    }

    /// <summary>Commits the sealed epoch; nothing if it is another, or none.</summary>
    internal async Task<CallStatus> CommitAsync(Claim claim, Epoch epoch)
    {
        using SharedLock.Exclusive turn = await _turns.EnterAsync();
        if (Judge(claim) is not CallStatus.Ok and var refusal)
        {
            return refusal;
        }

        return _image.Sealed?.Epoch == epoch ? await LogAsync(new LogRecord.Commit(epoch)) : CallStatus.Ok;
    }

    /// <summary>
    /// Adopts a recovery's decision if it is newer than the last: a sealed epoch that is not the decided one is dropped;
    /// the decided one stays sealed until it is committed, as the decision may not yet be known to enough members.
    /// </summary>
    internal async Task<CallStatus> RecordAsync(Claim claim, View view)
    {
        using SharedLock.Exclusive turn = await _turns.EnterAsync();
        if (Judge(claim) is not CallStatus.Ok and var refusal)
        {
            return refusal;
        }

        CallStatus status = view.Stamp > _image.View.Stamp
            ? await LogAsync(new LogRecord.Decision(view, Applies: false))
            : CallStatus.Ok;
        return Witness(claim, status);
    }

    /// <summary>
    /// Takes part again after an absence: grants the claim, drops the open epoch, and adopts what was decided meanwhile.
    /// </summary>
    /// <param name="claim">The owner's.</param>
    /// <param name="sequence">Of the join; one that is not higher than the last is a late duplicate.</param>
    /// <param name="view">The array's, at this moment.</param>
    /// <remarks>
    /// Only who owns a generation has members join. So it is granted also where another client has asked for the same
    /// generation first: that one did not get it.
    /// </remarks>
    internal async Task<CallStatus> JoinAsync(Claim claim, ulong sequence, View view)
    {
        using SharedLock.Exclusive turn = await _turns.EnterAsync();
        CallStatus status = await PromiseAsync(claim);
        if (status != CallStatus.Ok || sequence <= _lastJoin)
        {
            return status;
        }

        _lastJoin = sequence;
        DropOpen();
        bool changes = view.Stamp > _image.View.Stamp || (view.Stamp == _image.View.Stamp && _image.Sealed is not null);
        return Witness(
            claim, changes ? await LogAsync(new LogRecord.Decision(view, Applies: true)) : CallStatus.Ok);
    }

    /// <summary>Rows from one on whose last write is younger than an epoch.</summary>
    /// <param name="since">The epoch.</param>
    /// <param name="from">The first row.</param>
    /// <param name="committedOnly">Leaves out what is sealed or open, and so may be dropped.</param>
    /// <param name="limit">The most rows to report.</param>
    /// <returns>The rows with the epoch of their last write, and where to go on.</returns>
    internal (List<(Row Row, Epoch Epoch)> Rows, Row Next) Scan(
        Epoch since, Row from, bool committedOnly, int limit)
    {
        List<(Row, Epoch)> found = [];
        long row = from.Value;
        long end = Math.Min(Geometry.Rows, row + CallLimits.MaxVisitedRows);
        for (; row < end && found.Count < limit; row++)
        {
            Epoch epoch = committedOnly ? _image.Table[new Row(row)].Epoch : LastWriteOf(new Row(row));
            if (epoch > since)
            {
                found.Add((new Row(row), epoch));
            }
        }

        return (found, new Row(row));
    }

    /// <summary>What a call under a claim is told: OK, or why it may not be done.</summary>
    internal CallStatus Judge(Claim claim) =>
        IsHalted ? CallStatus.IoError
        : claim == _superblock.Promised && claim.Generation > 0 ? CallStatus.Ok
        : claim.Generation < _superblock.Promised.Generation ? CallStatus.Fenced
        : CallStatus.NotOpen;

    private static bool TryTakeAll(SlotSpace space, MemberImage image)
    {
        for (long row = 0; row < image.Table.Rows; row++)
        {
            if (image.Table[new Row(row)].Slot is { } slot && !space.TryTake(slot))
            {
                return false;
            }
        }

        return image.Pending is null || image.Pending.All.All(block => space.TryTake(block.Slot));
    }

    private Epoch LastWriteOf(Row row) =>
        _open is not null && _open.TryGet(row, out _) ? _open.Epoch
        : _sealing is not null && _sealing.TryGet(row, out _) ? _sealing.Epoch
        : _image.Pending is not null && _image.Pending.TryGet(row, out _) ? _image.Pending.Epoch
        : _image.Table[row].Epoch;

    /// <summary>Makes a claim durable before it counts, unless a higher generation was granted. The caller has the turn.</summary>
    private async Task<CallStatus> PromiseAsync(Claim claim)
    {
        if (IsHalted)
        {
            return CallStatus.IoError;
        }

        if (claim.Generation is 0 or > Epoch.MaxGeneration)
        {
            return CallStatus.Malformed;
        }

        if (claim == _superblock.Promised || claim.Generation < _superblock.Promised.Generation)
        {
            return claim == _superblock.Promised ? CallStatus.Ok : CallStatus.Fenced;
        }

        Superblock promised = _superblock with { Promised = claim };
        if (await promised.WriteAsync(_superblockFile) != Errno.OK)
        {
            return Halt();
        }

        _superblock = promised;
        _lastJoin = 0;
        DropOpen();
        return CallStatus.Ok;
    }

    private async Task<CallStatus> SealAsync(SealedEpoch epoch, Epoch previous, EpochBlocks blocks)
    {
        // From here on no write can change what is sealed; reads go on finding it.
        _sealing = blocks;
        if (_open == blocks)
        {
            _open = null;
        }
        else if (_open?.Epoch < epoch.Epoch)
        {
            DropOpen();
        }

        if (blocks.Count > 0 && await _slots.FlushAsync() != Errno.OK)
        {
            return Halt();
        }

        List<LogRecord> records = [];
        if (_image.Sealed is not null)
        {
            records.Add(new LogRecord.Commit(previous));
        }

        records.Add(new LogRecord.Seal(epoch, blocks.Sorted()));
        CallStatus status = await LogAsync(records);
        if (status == CallStatus.Ok)
        {
            _sealing = null;
            Tally.EpochsSealed++;
        }

        return status;
    }

    private Task<CallStatus> LogAsync(LogRecord record) => LogAsync([record]);

    /// <summary>Makes records durable, then true.</summary>
    private async Task<CallStatus> LogAsync(IReadOnlyList<LogRecord> records)
    {
        long before = _log.RecordBytes;
        long lengthBefore = _log.Length;
        if (await _log.AppendAsync(records) != Errno.OK)
        {
            return Halt();
        }

        Tally.LogRecordBytes += _log.RecordBytes - before;
        Tally.LogBytes += _log.Length - lengthBefore;
        foreach (LogRecord record in records)
        {
            Tally.EpochsCommitted += record is LogRecord.Commit ? 1 : 0;
            Invariant.Require(_image.Apply(record, Geometry.Member), "what is logged fits the state");
        }

        _applied = _log.End;
        _image.TakeRetired().ForEach(_space.Return);
        long limit = Math.Max(ShortLog, 2 * Checkpoint.Size(_image.Table.Written));
        bool isDue = _bytesBefore + _log.Length > Math.Max(limit, _putOffUntil) && Checkpointing.IsCompleted;
        return isDue ? await BeginCheckpointAsync() : CallStatus.Ok;
    }

    /// <summary>
    /// Leaves the log for a new one, and has a checkpoint written beside what goes on: with a large table that takes longer
    /// than a client waits. The caller has the turn.
    /// </summary>
    private async Task<CallStatus> BeginCheckpointAsync()
    {
        uint number = _log.Number + 1;
        Result<IDiskFile> file = await MemberLog.CreateFileAsync(_disk, number);
        if (!file.IsOk)
        {
            await PutOffAsync(MemberLog.NameOf(number));
            return CallStatus.Ok;
        }

        // Whether the name of the next log is durable must be known before this one says that there is a next one.
        if (await _disk.FlushFolderAsync() != Errno.OK || await _log.ContinueAsync(file.Value) is not { IsOk: true } next)
        {
            return Halt();
        }

        CheckpointHead head = CheckpointHead.Of(_image, next.Value.Start);
        _bytesBefore += _log.Length;
        _log = next.Value;
        Checkpointing = WriteCheckpointAsync(head);
        return CallStatus.Ok;
    }

    private async Task WriteCheckpointAsync(CheckpointHead head)
    {
        try
        {
            if (await Checkpoint.WriteAsync(_disk, Geometry, head, _image.Table, () => _applied) != Errno.OK)
            {
                await PutOffAsync(Checkpoint.UnfinishedName);
            }
            else if (!IsHalted && await MemberFolder.AdoptCheckpointAsync(_disk, _firstLog, head.Log.Number) != Errno.OK)
            {
                Halt();
            }
            else if (!IsHalted)
            {
                _firstLog = head.Log.Number;
                _bytesBefore = 0;
                _putOffUntil = 0;
                Tally.Checkpoints++;
            }
        }
        catch (Exception bug)
        {
            // Nobody waits for a checkpoint.
            _halted.TrySetException(bug);
        }
    }

    /// <summary>
    /// A checkpoint cannot be written now: the disk is full, or fails. What there is of it must not fill the disk, nor its file be
    /// used again: what an operating system says of later flushes of a file whose flush failed is not to be relied on.
    /// </summary>
    private async Task PutOffAsync(string unfinished)
    {
        _putOffUntil = 2 * (_bytesBefore + _log.Length);
        Tally.CheckpointsPutOff++;
        await _disk.DeleteAsync(unfinished);
    }

    /// <summary>It takes part in a claim's generation: nothing that it had of that one can be forgotten before a new start.</summary>
    private CallStatus Witness(Claim claim, CallStatus status)
    {
        _witnessed = status == CallStatus.Ok ? claim.Generation : _witnessed;
        return status;
    }

    private void DropOpen()
    {
        if (_open is { } dropped)
        {
            _open = null;
            foreach (EpochBlock block in dropped.All)
            {
                _space.Return(block.Slot);
            }
        }
    }

    private CallStatus Halt()
    {
        _halted.TrySetResult();
        return CallStatus.IoError;
    }
}
