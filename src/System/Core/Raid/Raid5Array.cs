using Grpc.Core;
using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// One block device over N block servers: RAID5 that never answers wrong bytes, and loses none while no row has
/// more than one bad unit.
/// </summary>
/// <remarks>
/// <para><b>What it assumes.</b> Servers crash and return, with all that they acknowledged; messages are lost,
/// delayed, doubled, overtaken and damaged; disks give bytes that do not match their table, or errors. The client
/// itself does not crash: which rows are stale on which member is in its memory alone. So a member that is away
/// when the array is opened counts as stale in all rows, and an array that is closed must be in sync. One client at a
/// time.</para>
/// <para><b>Its state</b> is, for each member, whether it can be reached, and for each row and member whether the unit
/// is stale (see <see cref="Member"/>). A unit that is reachable and not stale is usable: its member answers the
/// content of the last acknowledged write, or says that it cannot.</para>
/// <code>
///   unit:    good ---- rot, lost or torn write ---> bad ---- mended ---> good
///            good ---- write not acknowledged ----> stale -- written or refilled ---> good
///   row:     units XOR to zero whenever its lock is free and none of them is bad or stale;
///            with one bad, stale or unreachable, that one is the XOR of the others;
///            with more, those are EIO and the others stay readable
/// </code>
/// <para><b>Reads</b> take no lock (<see cref="ReadPath"/>); writes, mending, refill and scrub hold the locks of their
/// rows (<see cref="WritePath"/>, <see cref="RowMender"/>). <b>Commit</b> is only an order here: every write is
/// durable on its members before it is acknowledged, so there is nothing to make durable and nothing to roll
/// back.</para>
/// <para>Used from one executor; all calls may overlap.</para>
/// </remarks>
public sealed class Raid5Array : IBlockDevice, IAsyncDisposable
{
    private readonly Raid5Geometry _geometry;
    private readonly Member[] _members;
    private readonly ArrayOptions _options;
    private readonly ArrayTally _tally = new();
    private readonly ReadPath _reads;
    private readonly WritePath _writes;
    private readonly Scrubber _scrubber;
    private readonly SharedLock _commits = new();
    private readonly CancellationTokenSource _closing = new();

    private Raid5Array(MemberGeometry shape, Member[] members, ArrayOptions options, TimeProvider clock)
    {
        _geometry = new Raid5Geometry(shape.Members, shape.ChunkBlocks, shape.Rows);
        _members = members;
        _options = options;
        BlockSize = shape.BlockSize;
        var locks = new RowLocks();
        var transfer = new RowTransfer(members, BlockSize);
        var mender = new RowMender(members, transfer, _tally, BlockSize);
        _reads = new ReadPath(_geometry, BlockSize, members, locks, mender, _tally);
        _writes = new WritePath(_geometry, BlockSize, members, locks, transfer, mender, _tally);
        _scrubber = new Scrubber(_geometry, members, locks, mender, options, BlockSize);
        Task[] caretakers = [.. members.Select(member =>
            new Caretaker(member, _geometry, locks, mender, options, clock).RunAsync(_closing.Token))];
        Background = WatchAsync(caretakers);
    }

    public int BlockSize { get; }

    public long BlockCount => _geometry.BlockCount;

    /// <inheritdoc/>
    /// <remarks>Not enforced here, as nothing is uncommitted.</remarks>
    public int MaxUncommittedBlocks => _options.MaxUncommittedBlocks;

    /// <summary>
    /// The array's own work: probing and refilling members. It ends after <see cref="CloseAsync"/>; if it ends in an
    /// exception before, that is a bug, and the array no longer looks after its members.
    /// </summary>
    public Task Background { get; }

    /// <summary>The array as it is now.</summary>
    public ArrayStatus Status => new(
        [.. _members.Select(member => member.ToStatus())],
        _tally.ToCounters(
            _members.Sum(member => member.Client.Requests), _members.Sum(member => member.Client.Retries)));

    /// <summary>Opens the array that the members make up; all but one must be there.</summary>
    /// <param name="members">A channel to each member, in the order of their places.</param>
    /// <param name="options">How the client behaves.</param>
    /// <param name="clock">Deadlines, pauses and timeouts are measured on it.</param>
    /// <param name="dice">The jitter of pauses is drawn from it.</param>
    /// <returns>
    /// EINVAL: fewer than 3 or more than 32 members. EIO: more than one does not answer. ESTALE: the members
    /// that answer do not make up one array in this order.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<Result<Raid5Array>> OpenAsync(
        IReadOnlyList<CallInvoker> members, ArrayOptions options, TimeProvider clock, Random dice)
    {
        options.Validate();
        if (members.Count is < MemberGeometry.MinMembers or > MemberGeometry.MaxMembers)
        {
            return Errno.EINVAL;
        }

        var pipeline = new CallPipeline(options, clock, dice);
        var sequences = new SequenceSource();
        MemberClient[] clients = [.. members.Select((invoker, place) =>
            new MemberClient(new MemberIndex(place), invoker, pipeline, sequences))];
        MemberGeometry?[] claims = await Task.WhenAll(
            clients.Select(client => client.DescribeAsync(CancellationToken.None).AsTask()));
        Result<MemberGeometry> shape = ArrayShape.Agree(claims);
        if (!shape.IsOk)
        {
            return shape.Error;
        }

        var found = new Member[clients.Length];
        for (int place = 0; place < found.Length; place++)
        {
            MemberGeometry expected = shape.Value.At(new MemberIndex(place));
            clients[place].Expect(expected);
            found[place] = new Member(clients[place], expected.Rows, isReachable: claims[place] == expected);
        }

        return new Raid5Array(shape.Value, found, options, clock);
    }

    /// <inheritdoc/>
    /// <remarks><see cref="Errno.EINVAL"/> if the range leaves the device.</remarks>
    public async Task<Errno> ReadAsync(
        BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
    {
        if (!TryRange(first, destination.Length, out BlockRange range))
        {
            return Errno.EINVAL;
        }

        return range.Count == 0 ? Errno.OK : Note(await _reads.ReadAsync(range, destination, cancellation));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="Errno.EINVAL"/> if the range leaves the device. Blocks that could be kept are, even if others make
    /// it an <see cref="Errno.EIO"/>.
    /// </remarks>
    public async Task<Errno> WriteAsync(
        BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
    {
        if (!TryRange(first, source.Length, out BlockRange range))
        {
            return Errno.EINVAL;
        }

        await _commits.AcquireSharedAsync();
        try
        {
            return range.Count == 0 ? Errno.OK : Note(await _writes.WriteAsync(range, source, cancellation));
        }
        finally
        {
            _commits.ReleaseShared();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Waits for the writes that are under way and lets none begin meanwhile. Each of them was durable before it
    /// was acknowledged, so that is all.
    /// </remarks>
    public async Task<Errno> CommitAsync(CancellationToken cancellation = default)
    {
        await _commits.AcquireExclusiveAsync();
        _commits.ReleaseExclusive();
        return Errno.OK;
    }

    /// <summary>Verifies every row, mends what can be mended, and reports what was found. Operations may go on.</summary>
    public Task<ScrubReport> ScrubAsync(CancellationToken cancellation = default) =>
        _scrubber.ScrubAsync(cancellation);

    /// <summary>
    /// Ends the background work. Call it when no operation is under way, and start none after. What is stale then is
    /// forgotten: see <see cref="Status"/> first.
    /// </summary>
    public async Task CloseAsync()
    {
        _closing.Cancel();
        await Background;
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _closing.Dispose();
    }

    private static async Task WatchAsync(Task[] caretakers)
    {
        // None ends before the close, unless in an exception, which is thrown here at once.
        await await Task.WhenAny(caretakers);
        await Task.WhenAll(caretakers);
    }

    private bool TryRange(BlockAddress first, int length, out BlockRange range)
    {
        Invariant.Require(length % BlockSize == 0, "a whole number of blocks");
        range = new BlockRange(first, length / BlockSize);
        return first.Value >= 0 && first.Value <= BlockCount - range.Count;
    }

    private Errno Note(Errno error)
    {
        _tally.Errors += error == Errno.OK ? 0 : 1;
        return error;
    }
}
