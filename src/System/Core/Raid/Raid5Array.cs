using System.Runtime.CompilerServices;
using Grpc.Core;
using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// One block device over N block servers: RAID5 that never answers wrong bytes, loses none while no row has more than
/// one bad unit, and commits writes as a whole or not at all, whatever crashes.
/// </summary>
/// <remarks>
/// <para><b>What it assumes.</b> Servers and clients crash at any moment and return, servers with all that they
/// acknowledged as sealed; messages are lost, delayed, doubled, overtaken and damaged; disks give bytes that do not match
/// their table, or errors. Any number of clients may try to open it; one owns it.</para>
/// <para><b>Its state</b> is the last decision (<see cref="Roster"/>): the last epoch of the history, and the members that
/// hold all of it. What was written since is the open epoch: sent to the members at once, kept here until it is decided,
/// and gone if this client is.</para>
/// <code>
///   unit:    good ---- rot, lost or misdirected write ---> bad ---- mended, in the open epoch ---> good
///   row:     units XOR to zero whenever its lock is free and none of them is bad, stale or missing;
///            with one such, that one is the XOR of the others;
///            with more, those are EIO and the others stay readable
///   member:  see Member            epoch: see EpochCommit            taking over: see Recovery
/// </code>
/// <para><b>Reads</b> take no lock (<see cref="ReadPath"/>); writes, mending, refill and scrub hold the locks of their
/// rows, inside the open epoch (<see cref="WritePath"/>, <see cref="RowMender"/>).</para>
/// <para>Used from one executor; all calls may overlap.</para>
/// </remarks>
public sealed class Raid5Array : IBlockDevice, IAsyncDisposable
{
    private readonly Raid5Geometry _geometry;
    private readonly Roster _roster;
    private readonly RecoveryDirection _recovery;
    private readonly ArrayTally _tally = new();
    private readonly ReadPath _reads;
    private readonly WritePath _writes;
    private readonly Scrubber _scrubber;
    private readonly EpochCommit _commits;
    private readonly Caretaker[] _caretakers;
    private readonly CancellationTokenSource _closing = new();

    private Raid5Array(RecoveredArray array, ArrayOptions options, TimeProvider clock, IArrayObserver? observer)
    {
        MemberGeometry shape = array.Shape;
        _geometry = new Raid5Geometry(shape.Members, shape.ChunkBlocks, shape.Rows);
        _roster = new Roster(array.Members, array.Claim, array.View);
        _recovery = array.Direction;
        Id = shape.ArrayId;
        BlockSize = shape.BlockSize;
        var locks = new RowLocks();
        var transfer = new RowTransfer(_roster, BlockSize);
        var mender = new RowMender(_roster, transfer, _tally, BlockSize);
        _commits = new EpochCommit(
            _roster, transfer, options, clock, _tally, CallLimits.RowsInEpoch(shape.Rows));
        _reads = new ReadPath(
            _geometry, BlockSize, _roster, locks, mender, _commits, array.Lease, options, clock, _tally, observer);
        _writes = new WritePath(_geometry, BlockSize, _roster, locks, transfer, mender, _tally, observer);
        _scrubber = new Scrubber(_geometry, _roster, _commits, locks, mender, options, clock, BlockSize);
        MaxUncommittedBlocks = shape.Rows <= CallLimits.RowsInEpoch(shape.Rows)
            ? options.MaxUncommittedBlocks
            : (int)Math.Min(options.MaxUncommittedBlocks, _commits.UserRows);
        _caretakers =
        [
            .. array.Members.Select(member => new Caretaker(
                member, _roster, _geometry, locks, mender, _commits, options, clock)),
        ];
    }

    public int BlockSize { get; }

    public long BlockCount => _geometry.BlockCount;

    /// <summary>Which array it is.</summary>
    public ArrayId Id { get; }

    /// <summary>Blocks on each member.</summary>
    public long Rows => _geometry.Rows;

    /// <inheritdoc/>
    /// <remarks>A write beyond it is refused with <see cref="Errno.ENOSPC"/>.</remarks>
    public int MaxUncommittedBlocks { get; }

    /// <summary>
    /// The array's own work: probing and refilling members, and telling them of decisions. It ends after
    /// <see cref="CloseAsync"/>; if it ends in an exception before, that is a bug, and the array no longer looks after
    /// its members.
    /// </summary>
    public Task Background { get; private set; } = Task.CompletedTask;

    /// <summary>The array as it is now.</summary>
    public ArrayStatus Status => new(
        [.. _roster.Members.Select(member => member.ToStatus())],
        _roster.View.Decided,
        _recovery,
        _roster.IsFenced,
        _roster.IsSealed,
        _tally.ToCounters(
            _roster.Members.Sum(member => member.Client.Traffic.Requests),
            _roster.Members.Sum(member => member.Client.Traffic.Retries)))
    {
        Scrub = _scrubber.Progress,
    };

    /// <summary>
    /// Takes over the array that the members make up; all but one must be there. Whoever owned it before is fenced, and
    /// what was not committed is undone: see <see cref="Recovery"/>.
    /// </summary>
    /// <param name="members">A channel to each member, in the order of their places.</param>
    /// <param name="options">How the client behaves.</param>
    /// <param name="clock">Deadlines, pauses, timeouts and the lease are measured on it.</param>
    /// <param name="dice">The client's name and the jitter of pauses are drawn from it.</param>
    /// <param name="observer">Is told what the user's operations meet; null for nobody.</param>
    /// <returns>
    /// EINVAL: fewer than 3 or more than 32 members. EIO: more than one does not answer, or those that could tell what was
    /// acknowledged are not among them. ESTALE: the members that answer do not make up one array in this order, or another
    /// client takes it over at this moment.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<Result<Raid5Array>> OpenAsync(
        IReadOnlyList<CallInvoker> members,
        ArrayOptions options,
        TimeProvider clock,
        Random dice,
        IArrayObserver? observer = null)
    {
        options.Validate();
        if (members.Count is < MemberGeometry.MinMembers or > MemberGeometry.MaxMembers)
        {
            return Errno.EINVAL;
        }

        Result<RecoveredArray> array = await new Recovery(members, options, clock, dice).RunAsync();
        if (!array.IsOk)
        {
            return array.Error;
        }

        var opened = new Raid5Array(array.Value, options, clock, observer);
        await opened.StartAsync(array.Value.Returning);
        return opened;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="Errno.EINVAL"/> if the range leaves the device; <see cref="Errno.ESHUTDOWN"/> if another client owns it.
    /// </remarks>
    public Task<Errno> ReadAsync(
        BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
    {
        if (!TryRange(first, destination.Length, out BlockRange range))
        {
            return Task.FromResult(Errno.EINVAL);
        }

        return range.Count == 0
            ? Task.FromResult(Errno.OK)
            : NoteAsync(_reads.ReadAsync(range, destination, cancellation));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="Errno.EINVAL"/> if the range leaves the device; <see cref="Errno.ENOSPC"/> if more than
    /// <see cref="MaxUncommittedBlocks"/> would be uncommitted; <see cref="Errno.ESHUTDOWN"/> if another client owns it.
    /// Blocks that could be kept are, even if others make it an <see cref="Errno.EIO"/>.
    /// </remarks>
    public Task<Errno> WriteAsync(
        BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
    {
        if (!TryRange(first, source.Length, out BlockRange range))
        {
            return Task.FromResult(Errno.EINVAL);
        }

        return range.Count == 0
            ? Task.FromResult(Errno.OK)
            : NoteAsync(WriteAsync(range, source, cancellation));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="Errno.EIO"/> if too few members are there: it stays open whether the writes are committed; nothing can
    /// be written until that is settled, which a later commit, or the array by itself, tries again.
    /// <see cref="Errno.ESHUTDOWN"/> if another client owns the array.
    /// </remarks>
    public async Task<Errno> CommitAsync(CancellationToken cancellation = default)
    {
        return Note(await _commits.CommitAsync());
    }

    /// <summary>Verifies every row, mends what can be mended, and reports what was found. Operations may go on.</summary>
    /// <param name="from">The first row: 0, or where an earlier scrub was told to stop, by whichever client.</param>
    /// <param name="atMost">Rows to look at: as many as there are, by default.</param>
    /// <param name="stop">Ends it early: the report says how far it came.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Task<ScrubReport> ScrubAsync(Row from = default, long atMost = long.MaxValue, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(atMost);
        ArgumentOutOfRangeException.ThrowIfNegative(from.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from.Value, _geometry.Rows);
        return _scrubber.ScrubAsync(from, atMost, stop);
    }

    /// <summary>Where a block lies.</summary>
    /// <exception cref="InvariantException">There is no such block.</exception>
    public BlockPlace PlaceOf(BlockAddress block)
    {
        UnitPlace place = _geometry.Locate(block);
        return new BlockPlace(place.Member, place.Row, _geometry.ParityOf(place.Row));
    }

    /// <summary>The block of data at a place; null where parity lies.</summary>
    public BlockAddress? BlockAt(MemberIndex member, Row row) => _geometry.AddressOf(new UnitPlace(row, member));

    /// <summary>
    /// What a member itself holds in a row, data or parity, without help of the others: for people who look at it. It may be stale.
    /// </summary>
    /// <returns>
    /// One block. <see cref="Errno.EINVAL"/>: there is no such row; <see cref="Errno.EIO"/>: it is corrupt or unreadable there, or the
    /// member is away.
    /// </returns>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadUnitAsync(MemberIndex member, Row row)
    {
        if (row.Value < 0 || row.Value >= _geometry.Rows)
        {
            return Errno.EINVAL;
        }

        Member holder = _roster.Members[member.Value];
        Unit[]? units = holder.IsReachable ? await holder.Client.ReadAsync([row], CancellationToken.None) : null;
        return units is null || units[0].State != UnitState.Good ? Errno.EIO
            : units[0].Content.IsEmpty ? new ReadOnlyMemory<byte>(new byte[BlockSize])
            : units[0].Content;
    }

    /// <summary>
    /// Ends the background work. Call it when no operation is under way, and start none after. What is not committed is
    /// undone when the array is opened again.
    /// </summary>
    public async Task CloseAsync()
    {
        if (!_closing.IsCancellationRequested)
        {
            await _commits.TellAllAsync(CancellationToken.None);
            _closing.Cancel();
        }

        await Background;
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _closing.Dispose();
    }

    /// <summary>
    /// Has those that are there but miss something join, before anything is served: until it is known which of their rows are
    /// stale, all are, and one bad unit elsewhere would be one too many. A blank one joins in the background: of
    /// what was ever written nothing is good on it, whatever the others say, and to ask takes the longer the larger the array is.
    /// </summary>
    /// <param name="returning">Members that granted the claim and are not blank.</param>
    private async Task StartAsync(MemberSet returning)
    {
        await Task.WhenAll(_caretakers
            .Where(caretaker => returning.Contains(caretaker.Member.Index) && !caretaker.Member.IsReachable)
            .Select(caretaker => caretaker.TakeBackAsync(_closing.Token)));
        Background = WatchAsync(
            [_commits.RunAsync(_closing.Token), .. _caretakers.Select(caretaker => caretaker.RunAsync(_closing.Token))]);
        _commits.TellSoon();
    }

    private static async Task WatchAsync(Task[] work)
    {
        // None ends before the close, unless another client took over, or in an exception, which is thrown here at once.
        await await Task.WhenAny(work);
        await Task.WhenAll(work);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Errno> WriteAsync(
        BlockRange range, ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        using SharedLock.Share stay = await _commits.EnterAsync();
        if (_roster.IsFenced || _roster.IsSealed)
        {
            return _roster.IsFenced ? Errno.ESHUTDOWN : Errno.EIO;
        }

        OpenEpoch epoch = _roster.Open;
        for (int i = 0; i < range.Count; i++)
        {
            epoch.Reserve(_geometry.Locate(range.First + i));
        }

        Errno error;
        try
        {
            error = epoch.TakenBlocks > MaxUncommittedBlocks
                ? Errno.ENOSPC
                : await _writes.WriteAsync(range, source, cancellation);
        }
        finally
        {
            for (int i = 0; i < range.Count; i++)
            {
                epoch.Release(_geometry.Locate(range.First + i));
            }
        }

        return error != Errno.OK && _roster.IsFenced ? Errno.ESHUTDOWN : error;
    }

    private bool TryRange(BlockAddress first, int length, out BlockRange range)
    {
        Invariant.Require(length % BlockSize == 0, "a whole number of blocks");
        range = new BlockRange(first, length / BlockSize);
        return first.Value >= 0 && first.Value <= BlockCount - range.Count;
    }

    private async Task<Errno> NoteAsync(ValueTask<Errno> operation) => Note(await operation);

    private Errno Note(Errno error)
    {
        _tally.Errors += error == Errno.OK ? 0 : 1;
        return error;
    }
}
