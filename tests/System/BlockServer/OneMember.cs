using System.Text;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// The second of three members in the hands of a client, who calls it as the array would: formatted, started, owned,
/// written to, started anew.
/// </summary>
/// <remarks>
/// A block's content is named by a number, its version. What is said to a member is expected to be OK unless it is tried.
/// </remarks>
internal sealed class OneMember(ProcessWithDisk process, MemberGeometry geometry)
{
    public const int BlockSize = 512;
    public const int Rows = 70;

    /// <summary>Changes of a mask that make a log long, see <see cref="LengthenLogAsync"/>.</summary>
    public const int LongLogVersions = 2900;

    private readonly Dictionary<Checksum, int> _versions = [];
    private readonly Dictionary<Epoch, Dictionary<Row, Checksum>> _written = [];
    private MemberStore? _store;
    private ulong _boots;
    private ulong _sequence;

    public static MemberIndex Place { get; } = new(1);

    /// <summary>All three members.</summary>
    public static MemberSet All { get; } = MemberSet.All(3);

    /// <summary>The other two.</summary>
    public static MemberSet Others { get; } = All - MemberSet.Of(Place);

    public static MemberGeometry Geometry { get; } = GeometryOf(Rows);

    public MemberStore Store => _store ?? throw new InvalidOperationException("the member was not started");

    public IDisk Disk => process.Disk;

    public MemberRecord Record => Store.Record;

    public MemberTally Tally => Store.Tally;

    /// <summary>The claim under which the client calls.</summary>
    public Claim Claim { get; set; } = new(1, 0xA);

    public static MemberGeometry GeometryOf(int rows) =>
        new(new ArrayId(1, 2), Place, members: 3, BlockSize, chunkBlocks: 2, rows);

    /// <summary>An epoch of the first generation.</summary>
    public static Epoch E(ulong number) => Epoch.Of(1, number);

    public static Epoch E(uint generation, ulong number) => Epoch.Of(generation, number);

    public static View Decision(Epoch at, Epoch decided, uint version = 0, MemberSet? mask = null) =>
        new(new Stamp(at, version), decided, mask ?? All);

    public static SealedEpoch Sealed(Epoch epoch, uint version = 0, MemberSet? mask = null) =>
        new(new Stamp(epoch, version), mask ?? All);

    public static byte[] Content(int version)
    {
        byte[] content = new byte[BlockSize];
        new Random(version).NextBytes(content);
        return content;
    }

    /// <summary>A member that was just formatted and started.</summary>
    public static async Task<OneMember> FormatAsync(ProcessWithDisk process, int rows = Rows)
    {
        var member = new OneMember(process, GeometryOf(rows));
        Assert.Equal(Errno.OK, await MemberStore.FormatAsync(process.Disk, GeometryOf(rows)));
        await member.StartAsync();
        return member;
    }

    public async Task StartAsync() => Assert.Equal(StoreFault.None, await TryStartAsync());

    public async Task<StoreFault> TryStartAsync()
    {
        (MemberStore? store, StoreFault fault) = await MemberStore.OpenAsync(Disk, ++_boots);
        Assert.Equal(fault == StoreFault.None, store is not null);
        _store = store;
        return fault;
    }

    public async Task RestartAsync()
    {
        await process.RestartAsync();
        await StartAsync();
    }

    // Owning it.

    public Task<CallStatus> TryOpenAsync(uint generation, ulong client = 0xA) => Store.OpenAsync(new Claim(generation, client));

    /// <summary>Claims a generation and goes on under it; nothing can be sealed before a decision is recorded.</summary>
    public async Task OpenAsync(uint generation, ulong client = 0xA)
    {
        Assert.Equal(CallStatus.Ok, await TryOpenAsync(generation, client));
        Claim = new Claim(generation, client);
    }

    public Task<CallStatus> TryRecordAsync(View view) => Store.RecordAsync(Claim, view);

    public async Task RecordAsync(View view) => Assert.Equal(CallStatus.Ok, await TryRecordAsync(view));

    /// <summary>Claims a generation, and decides that the history ends with an epoch.</summary>
    public async Task OwnAsync(uint generation, Epoch decided = default)
    {
        await OpenAsync(generation);
        await RecordAsync(Decision(E(generation, 0), decided));
    }

    public Task<CallStatus> TryJoinAsync(Claim claim, ulong sequence, View view) => Store.JoinAsync(claim, sequence, view);

    public async Task JoinAsync(ulong sequence, View view) =>
        Assert.Equal(CallStatus.Ok, await TryJoinAsync(Claim, sequence, view));

    // The life of an epoch.

    /// <summary>Sends blocks of an epoch, each newer than all before.</summary>
    public Task<CallStatus> TryWriteAsync(Epoch epoch, params (int Row, int Version)[] blocks) =>
        TryWriteAsync(epoch, ++_sequence, blocks);

    public Task<CallStatus> TryWriteAsync(Epoch epoch, ulong sequence, params (int Row, int Version)[] blocks)
    {
        NewBlock[] sent = [.. blocks.Select(block => BlockOf(block.Row, block.Version, sequence))];
        if (!_written.TryGetValue(epoch, out Dictionary<Row, Checksum>? written))
        {
            _written.Add(epoch, written = []);
        }

        foreach (NewBlock block in sent)
        {
            written[block.Row] = block.Checksum;
        }

        return Store.WriteAsync(Claim, epoch, sent);
    }

    public async Task WriteAsync(Epoch epoch, params (int Row, int Version)[] blocks) =>
        Assert.Equal(CallStatus.Ok, await TryWriteAsync(epoch, blocks));

    /// <summary>Writes to each row of a range the version that is its number and so much more.</summary>
    public Task WriteRangeAsync(Epoch epoch, int first, int count, int plus) =>
        WriteAsync(epoch, [.. Enumerable.Range(first, count).Select(row => (row, row + plus))]);

    /// <summary>Has an epoch sealed with all that was written of it, and what is pending before committed.</summary>
    public Task<CallStatus> TryPrepareAsync(Epoch epoch, uint version = 0, MemberSet? mask = null) =>
        Store.PrepareAsync(Claim, Sealed(epoch, version, mask), Record.Sealed?.Epoch ?? Epoch.None, DigestOf(epoch));

    public async Task PrepareAsync(Epoch epoch, uint version = 0, MemberSet? mask = null) =>
        Assert.Equal(CallStatus.Ok, await TryPrepareAsync(epoch, version, mask));

    public Task<CallStatus> TryCommitAsync(Epoch epoch) => Store.CommitAsync(Claim, epoch);

    public async Task CommitAsync(Epoch epoch) => Assert.Equal(CallStatus.Ok, await TryCommitAsync(epoch));

    /// <summary>Writes, seals and commits an epoch.</summary>
    public async Task CommitAsync(Epoch epoch, params (int Row, int Version)[] blocks)
    {
        await WriteAsync(epoch, blocks);
        await PrepareAsync(epoch);
        await CommitAsync(epoch);
    }

    /// <summary>What the client believes that the member holds of an epoch.</summary>
    public EpochDigest DigestOf(Epoch epoch)
    {
        var digest = new EpochDigest();
        foreach ((Row row, Checksum checksum) in _written.GetValueOrDefault(epoch) ?? [])
        {
            digest.Add(row, checksum);
        }

        return digest;
    }

    /// <summary>
    /// Makes the log long, almost to where it gives way to a checkpoint: the mask of the sealed epoch was changed often.
    /// The member is started anew.
    /// </summary>
    /// <returns>The epoch with its last version.</returns>
    public async Task<SealedEpoch> LengthenLogAsync()
    {
        SealedEpoch pending = Record.Sealed!.Value;
        MemberLog log = await OpenLogAsync();
        Assert.Equal(Errno.OK, await log.AppendAsync([.. Enumerable.Range(1, LongLogVersions).Select(Mask)]));
        await StartAsync();
        return Record.Sealed!.Value;

        LogRecord Mask(int more) =>
            new LogRecord.Mask(Sealed(pending.Epoch, pending.Stamp.Version + (uint)more, pending.Mask));
    }

    /// <summary>Changes the mask of the sealed epoch until the log gives way to a checkpoint.</summary>
    /// <returns>The epoch with its last version.</returns>
    public async Task<SealedEpoch> ForceCheckpointAsync()
    {
        SealedEpoch pending = await LengthenLogAsync();
        while (Tally.Checkpoints == 0)
        {
            await PrepareAsync(pending.Epoch, pending.Stamp.Version + 1, pending.Mask);
            pending = Record.Sealed!.Value;
            await Store.Checkpointing;
        }

        return pending;
    }

    /// <summary>The log that the member appends to, behind its back.</summary>
    public async Task<MemberLog> OpenLogAsync()
    {
        LogStart first = (await Checkpoint.ReadAsync(Disk, geometry)).Content!.Log;
        return (await MemberLog.ReplayAsync(Disk, first, static _ => true)).Log!;
    }

    // Looking at it.

    public async Task<StoredBlockState> StateOfAsync(int row) => (await Store.ReadAsync([new Row(row)]))[0].State;

    /// <summary>Expects these versions; 0 for a row that was never written.</summary>
    public async Task ExpectAsync(params (int Row, int Version)[] expected)
    {
        foreach ((int row, int version) in expected)
        {
            StoredBlock block = (await Store.ReadAsync([new Row(row)]))[0];
            Assert.Equal((row, version), (row, VersionOf(block)));
        }
    }

    /// <summary>All that the member has to say, one line a fact.</summary>
    public async Task<string> DescribeAsync()
    {
        StoredBlock[] blocks = await Store.ReadAsync([.. Enumerable.Range(0, (int)geometry.Rows).Select(row => new Row(row))]);
        Dictionary<Row, Epoch> epochs = Store.Scan(Epoch.None, new Row(0), committedOnly: false, int.MaxValue).Rows.ToDictionary();
        StringBuilder said = DescribeStanding(Record.Promised, Record.View, Record.Self, Record.Sealed);
        for (int row = 0; row < blocks.Length; row++)
        {
            bool isWritten = epochs.TryGetValue(new Row(row), out Epoch epoch);
            if (isWritten || blocks[row].State != StoredBlockState.NeverWritten)
            {
                said.AppendLine($"row {row}: {VersionOf(blocks[row])} of {epoch}");
            }
        }

        return said.ToString();
    }

    internal static StringBuilder DescribeStanding(Claim promised, View view, Epoch self, SealedEpoch? pending) =>
        new StringBuilder()
            .AppendLine($"promised {promised}")
            .AppendLine($"view {view}")
            .AppendLine($"self {self}")
            .AppendLine($"sealed {pending}");

    private NewBlock BlockOf(int row, int version, ulong sequence)
    {
        byte[] content = Content(version);
        Checksum checksum = Checksum.Of(content);
        _versions[checksum] = version;
        return new NewBlock(new Row(row), sequence, content, checksum);
    }

    /// <summary>The version that a block holds, 0 if it was never written, less where there is none.</summary>
    private int VersionOf(StoredBlock block) => block.State switch
    {
        StoredBlockState.Good => _versions.GetValueOrDefault(Checksum.Of(block.Content.Span), -1),
        StoredBlockState.NeverWritten => 0,
        StoredBlockState.Corrupt => -2,
        _ => -3,
    };
}
