using Google.Protobuf;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>The service judges each message before it has an effect.</summary>
public sealed class BlockServerServiceTests
{
    private static readonly Claim Owner = new(1, 0xA);

    [Fact]
    public void It_says_who_it_is_and_where_it_stands_to_anyone_and_changes_nothing() => Tell(async (_, member, service) =>
    {
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1), version: 2, mask: Others);
        string before = await member.DescribeAsync();
        CountersReply counters = await service.Counters(new CountersRequest(), null!);
        for (int i = 0; i < 3; i++)
        {
            InspectReply reply = await service.Inspect(new InspectRequest(), null!);
            Assert.True(MessageDigest.Holds(reply));
            Assert.Equal(Geometry, MemberGeometry.FromMessage(reply));
            Assert.Equal(member.Record, reply.State.ToRecord());
            Assert.Equal(Sealed(E(1), 2, Others), reply.State.ToRecord()!.Sealed);
        }

        Assert.Equal(before, await member.DescribeAsync());
        Assert.Equal(counters, await service.Counters(new CountersRequest(), null!));
    });

    [Fact]
    public void An_epoch_lives_from_its_first_write_to_its_commit_through_messages() => TellOfBlank(async (_, member, service) =>
    {
        OpenReply opened = await service.Open(Sealing(new OpenRequest { Claim = Owner.ToMessage() }), null!);
        Assert.True(MessageDigest.Holds(opened));
        Assert.Equal((CallStatus.Ok, Owner), (opened.Status, opened.State.ToRecord()!.Promised));
        await ExpectAsync(CallStatus.Ok, service.Record(RecordOf(member, Decision(E(0), Epoch.None)), null!));
        await ExpectAsync(CallStatus.Ok, service.Write(WriteOf(member, E(1), 3, 4), null!));
        await ExpectAsync(CallStatus.Ok, service.Prepare(PrepareOf(member, E(1), 3, 4), null!));
        await ExpectAsync(CallStatus.Ok, service.Commit(CommitOf(member, E(1)), null!));

        ReadReply read = await service.Read(ReadOf(member, 3, 5), null!);
        Assert.True(MessageDigest.Holds(read));
        Assert.Equal((CallStatus.Ok, member.Record.BootId), (read.Status, read.BootId));
        Assert.Equal(BlockStatus.BlockOk, read.Blocks[0].Status);
        Assert.Equal(Content(3), read.Blocks[0].Content.ToByteArray());
        Assert.Equal(Checksum.Of(Content(3)).Value, read.Blocks[0].Checksum);
        Assert.Equal(BlockStatus.BlockNeverWritten, read.Blocks[1].Status);

        ScanReply scan = await service.Scan(ScanOf(member, Epoch.None, 0), null!);
        Assert.True(MessageDigest.Holds(scan));
        Assert.Equal([3L, 4L], scan.Rows);
        Assert.Equal([E(1).Value, E(1).Value], scan.Epochs);
        Assert.Equal(Rows, scan.Next);

        OpenReply joined = await service.Join(JoinOf(member, Owner, 1, Decision(E(2), E(2))), null!);
        Assert.True(MessageDigest.Holds(joined));
        Assert.Equal((CallStatus.Ok, E(1)), (joined.Status, joined.State.ToRecord()!.Self));

        CountersReply counters = await service.Counters(new CountersRequest(), null!);
        Assert.True(MessageDigest.Holds(counters));
        Assert.Equal((1, 2, 1, 2), (counters.Writes, counters.BlocksWritten, counters.Reads, counters.BlocksRead));
        Assert.Equal((1, 1, 0), (counters.EpochsSealed, counters.EpochsCommitted, counters.Refused));
        Assert.True(counters.LogRecordBytes > 0 && counters.LogBytes > counters.LogRecordBytes);
    });

    [Fact]
    public void A_claim_that_is_refused_learns_of_the_one_that_was_granted() => Tell(async (_, member, service) =>
    {
        OpenReply refused = await service.Open(Sealing(new OpenRequest { Claim = new Claim(1, 0xB).ToMessage() }), null!);
        Assert.Equal((CallStatus.Fenced, Owner), (refused.Status, refused.State.ToRecord()!.Promised));
        OpenReply none = await service.Open(Sealing(new OpenRequest()), null!);
        Assert.Equal((CallStatus.Malformed, Owner), (none.Status, none.State.ToRecord()!.Promised));
    });

    // In which order a message is judged: damage, claim, boot, content.

    [Theory]
    [InlineData(CallStatus.Garbled, false, 1, 99, true)]
    [InlineData(CallStatus.Fenced, true, 1, 99, true)]
    [InlineData(CallStatus.NotOpen, true, 3, 99, true)]
    [InlineData(CallStatus.StaleBoot, true, 2, 99, true)]
    [InlineData(CallStatus.Malformed, true, 2, 1, true)]
    [InlineData(CallStatus.Ok, true, 2, 1, false)]
    public void Of_several_faults_the_gravest_is_answered(
        CallStatus expected, bool isWhole, int generation, int boot, bool isMalformed) => Tell(async (_, member, service) =>
    {
        await member.OwnAsync(2);
        OwnershipClaim claim = new Claim((uint)generation, 0xA).ToMessage();
        ulong bootId = (ulong)boot;
        Assert.Equal(1UL, member.Record.BootId);
        string before = await member.DescribeAsync();

        ReadRequest read = ReadOf(member, isMalformed ? [4, 3] : [3, 4]);
        (read.Claim, read.BootId) = (claim, bootId);
        await ExpectAsync(expected, service.Read(Finish(read), null!), reply => reply.Status);

        if (isMalformed)
        {
            WriteRequest write = WriteOf(member, E(5, 1), 3);
            (write.Claim, write.BootId) = (claim, bootId);
            await ExpectAsync(expected, service.Write(Finish(write), null!));

            PrepareRequest prepare = PrepareOf(member, E(5, 1));
            (prepare.Claim, prepare.BootId) = (claim, bootId);
            await ExpectAsync(expected, service.Prepare(Finish(prepare), null!));
        }

        ScanRequest scan = ScanOf(member, Epoch.None, isMalformed ? -1 : 0);
        (scan.Claim, scan.BootId) = (claim, bootId);
        CallStatus outOfRange = expected == CallStatus.Malformed ? CallStatus.OutOfRange : expected;
        await ExpectAsync(outOfRange, service.Scan(Finish(scan), null!), reply => reply.Status);
        Assert.Equal(before, await member.DescribeAsync());

        T Finish<T>(T message)
            where T : IDigested
        {
            MessageDigest.Seal(message);
            message.Digest += isWhole ? 0UL : 1;
            return message;
        }
    });

    [Fact]
    public void A_decision_is_judged_by_damage_claim_and_boot() => Tell(async (_, member, service) =>
    {
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.OpenAsync(2);
        string before = await member.DescribeAsync();
        foreach ((uint generation, CallStatus refusal) in ((uint, CallStatus)[])[(1, CallStatus.Fenced), (3, CallStatus.NotOpen)])
        {
            OwnershipClaim claim = new Claim(generation, 0xA).ToMessage();
            var commit = new CommitRequest { Claim = claim, Epoch = E(1).Value };
            var record = new RecordRequest { Claim = claim, View = Decision(E(9, 0), Epoch.None).ToMessage() };
            await ExpectAsync(CallStatus.Garbled, service.Commit(commit, null!));
            await ExpectAsync(CallStatus.Garbled, service.Record(record, null!));
            await ExpectAsync(refusal, service.Commit(Sealing(commit), null!));
            await ExpectAsync(refusal, service.Record(Sealing(record), null!));
        }

        OwnershipClaim present = new Claim(2, 0xA).ToMessage();
        var toAnother = new CommitRequest { Claim = present, BootId = 99, Epoch = E(1).Value };
        var ofAnother = new RecordRequest { Claim = present, BootId = 99, View = Decision(E(9, 0), Epoch.None).ToMessage() };
        await ExpectAsync(CallStatus.StaleBoot, service.Commit(Sealing(toAnother), null!));
        await ExpectAsync(CallStatus.StaleBoot, service.Record(Sealing(ofAnother), null!));
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public void A_join_is_judged_by_damage_boot_and_claim() => Tell(async (_, member, service) =>
    {
        await member.OpenAsync(2);
        string before = await member.DescribeAsync();
        JoinRequest join = JoinOf(member, Owner, 1, Decision(E(9, 0), Epoch.None));
        join.BootId = 99;
        await ExpectAsync(CallStatus.Garbled, service.Join(join, null!), reply => reply.Status);
        await ExpectAsync(CallStatus.StaleBoot, service.Join(Sealing(join), null!), reply => reply.Status);
        join.BootId = member.Record.BootId;
        await ExpectAsync(CallStatus.Fenced, service.Join(Sealing(join), null!), reply => reply.Status);
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public void A_message_for_an_earlier_life_has_no_effect_and_learns_of_the_present_one() => Tell(async (_, member, _) =>
    {
        WriteRequest late = WriteOf(member, E(1), 3);
        await member.RestartAsync();
        var service = new BlockServerService(member.Store);
        StateReply reply = await service.Write(late, null!);
        Assert.Equal((CallStatus.StaleBoot, member.Record.BootId), (reply.Status, reply.BootId));
        Assert.NotEqual(late.BootId, reply.BootId);
        await member.ExpectAsync((3, 0));
    });

    // Limits.

    [Fact]
    public void Reads_of_too_many_rows_or_of_rows_that_do_not_ascend_or_exist_are_refused() => Tell(async (_, member, service) =>
    {
        foreach ((CallStatus expected, long[] rows) in ((CallStatus, long[])[])
        [
            (CallStatus.Ok, []),
            (CallStatus.Ok, [0, Rows - 1]),
            (CallStatus.Malformed, [4, 4]),
            (CallStatus.Malformed, [4, 3]),
            (CallStatus.OutOfRange, [-1]),
            (CallStatus.OutOfRange, [long.MinValue]),
            (CallStatus.OutOfRange, [3, Rows]),
            (CallStatus.OutOfRange, [long.MaxValue]),
            (CallStatus.Malformed, [.. Enumerable.Range(0, CallLimits.MaxBlocks(BlockSize) + 1).Select(row => (long)row)]),
        ])
        {
            ReadReply reply = await service.Read(ReadOf(member, rows), null!);
            Assert.Equal((expected, expected == CallStatus.Ok ? rows.Length : 0), (reply.Status, reply.Blocks.Count));
            Assert.True(MessageDigest.Holds(reply));
        }

        Assert.Equal(7, member.Tally.Refused);
        Assert.Equal(1, member.Tally.Reads);
    });

    [Fact]
    public void Writes_against_the_protocol_are_refused_as_a_whole() => Tell(async (_, member, service) =>
    {
        string before = await member.DescribeAsync();
        await ExpectAsync(CallStatus.Malformed, service.Write(WriteOf(member, E(1)), null!));
        await ExpectAsync(CallStatus.Malformed, service.Write(WriteOf(member, E(1), 4, 3), null!));
        await ExpectAsync(CallStatus.Malformed, service.Write(WriteOf(member, E(1), 4, 4), null!));
        await ExpectAsync(CallStatus.OutOfRange, service.Write(WriteOf(member, E(1), 4, Rows), null!));
        await ExpectAsync(CallStatus.OutOfRange, service.Write(WriteOf(member, E(1), -1), null!));
        await ExpectAsync(
            CallStatus.Malformed,
            service.Write(WriteOf(member, E(1), [.. Enumerable.Range(0, CallLimits.MaxBlocks(BlockSize) + 1)]), null!));
        await ExpectAsync(CallStatus.Malformed, service.Write(WriteOf(member, E(2, 1), 3), null!));
        await ExpectAsync(CallStatus.Malformed, service.Write(WriteOf(member, E(0, 1), 3), null!));
        await ExpectAsync(CallStatus.Malformed, service.Prepare(PrepareOf(member, E(2, 1)), null!));

        foreach (int size in (int[])[0, BlockSize / 2, BlockSize * 2])
        {
            WriteRequest odd = WriteOf(member, E(1), 3, 4);
            odd.Blocks[1].Content = ByteString.CopyFrom(new byte[size]);
            odd.Blocks[1].Checksum = Checksum.Of(new byte[size]).Value;
            await ExpectAsync(CallStatus.Malformed, service.Write(Sealing(odd), null!));
        }

        WriteRequest wrong = WriteOf(member, E(1), 3, 4);
        wrong.Blocks[1].Content = ByteString.CopyFrom(Content(5));
        await ExpectAsync(CallStatus.BadChecksum, service.Write(wrong, null!));
        Assert.Equal(before, await member.DescribeAsync());
        Assert.Equal((0, 13), (member.Tally.Writes, member.Tally.Refused));
    });

    [Fact]
    public void A_scan_begins_within_the_member_or_at_its_end() => Tell(async (_, member, service) =>
    {
        await member.WriteAsync(E(1), (3, 30), (60, 600));
        foreach ((long from, CallStatus expected, int found) in ((long, CallStatus, int)[])
        [
            (0, CallStatus.Ok, 2), (4, CallStatus.Ok, 1), (Rows, CallStatus.Ok, 0),
            (-1, CallStatus.OutOfRange, 0), (Rows + 1, CallStatus.OutOfRange, 0),
        ])
        {
            ScanReply reply = await service.Scan(ScanOf(member, Epoch.None, from), null!);
            Assert.Equal((expected, found), (reply.Status, reply.Rows.Count));
        }
    });

    // What happens while the disk works.

    [Fact]
    public void Who_was_fenced_while_the_disk_worked_is_not_told_what_is_there() => Tell(async (server, member, service) =>
    {
        await member.CommitAsync(E(1), (3, 30));
        server.Host.Disk.SlowBy = 1000;
        Task<ReadReply> read = service.Read(ReadOf(member, 3), null!);
        server.Host.Disk.SlowBy = 1;
        Assert.Equal(CallStatus.Ok, await member.TryOpenAsync(2, client: 0xB));
        Assert.False(read.IsCompleted);
        ReadReply late = await read;
        Assert.Equal((CallStatus.Fenced, 0), (late.Status, late.Blocks.Count));
        Assert.True(MessageDigest.Holds(late));
        Assert.Equal(0, member.Tally.BlocksRead);
    });

    [Fact]
    public void A_write_that_was_fenced_while_the_disk_worked_has_no_effect() => Tell(async (server, member, service) =>
    {
        await member.CommitAsync(E(1), (3, 30));
        server.Host.Disk.SlowBy = 1000;
        Task<StateReply> write = service.Write(WriteOf(member, E(2), 3), null!);
        server.Host.Disk.SlowBy = 1;
        await member.OpenAsync(2, client: 0xB);
        await member.RecordAsync(Decision(E(2, 0), E(1)));
        await member.WriteAsync(E(2, 1), (4, 40));
        await ExpectAsync(CallStatus.Fenced, write);
        await member.ExpectAsync((3, 30), (4, 40));
        await member.PrepareAsync(E(2, 1));
    });

    [Fact]
    public void What_the_disk_cannot_do_is_a_status() => Tell(async (server, member, service) =>
    {
        await member.CommitAsync(E(1), (3, 30), (4, 40), (5, 50));
        server.File("slots").FlipBit(member.Store.OffsetsOf(new Row(3)).First(), 0);
        server.File("slots").MakeUnreadable(member.Store.OffsetsOf(new Row(4)).First(), BlockSize);
        ReadReply read = await service.Read(ReadOf(member, 3, 4, 5), null!);
        Assert.Equal(
            [BlockStatus.BlockCorrupt, BlockStatus.BlockUnreadable, BlockStatus.BlockOk], read.Blocks.Select(block => block.Status));
        Assert.Equal(2, (await service.Counters(new CountersRequest(), null!)).BadBlocks);

        server.Host.Disk.FailWrites(3);
        await ExpectAsync(CallStatus.IoError, service.Write(WriteOf(member, E(2), 3), null!));
        server.Host.Disk.FailWrites(1);
        await ExpectAsync(CallStatus.IoError, service.Prepare(PrepareOf(member, E(2)), null!));
        await ExpectAsync(CallStatus.IoError, service.Read(ReadOf(member, 5), null!), reply => reply.Status);
    });

    // Damage on the way.

    [Fact]
    public void Any_flipped_bit_of_a_request_is_refused_or_cannot_be_parsed() => Tell(async (_, member, service) =>
    {
        byte[] write = WriteOf(member, E(1), 3).ToByteArray();
        for (int bit = 0; bit < write.Length * 8; bit++)
        {
            if (Parse(WriteRequest.Parser, Flip(write, bit)) is { } flipped)
            {
                Assert.NotEqual(CallStatus.Ok, (await service.Write(flipped, null!)).Status);
            }
        }

        await member.ExpectAsync((3, 0));
        Assert.Equal(0, member.Tally.Writes);
        Assert.True(member.Tally.Refused > 1000);
    });

    [Fact]
    public void Any_flipped_bit_of_a_reply_breaks_its_digest_or_its_block() => Tell(async (_, member, service) =>
    {
        await member.WriteAsync(E(1), (3, 30));
        byte[] reply = (await service.Read(ReadOf(member, 3), null!)).ToByteArray();
        for (int bit = 0; bit < reply.Length * 8; bit++)
        {
            if (Parse(ReadReply.Parser, Flip(reply, bit)) is { } flipped)
            {
                bool noticed = !MessageDigest.Holds(flipped)
                    || flipped.Blocks[0].Checksum != Checksum.Of(flipped.Blocks[0].Content.Span).Value;
                Assert.True(noticed, $"bit {bit}");
            }
        }
    });

    /// <summary>Tells a story of a member that the first client owns, and of its service.</summary>
    private static void Tell(Func<OnOneServer, OneMember, BlockServerService, Task> story) =>
        TellOfBlank(async (server, member, service) =>
        {
            await member.OwnAsync(Owner.Generation);
            await story(server, member, service);
        });

    private static void TellOfBlank(Func<OnOneServer, OneMember, BlockServerService, Task> story) =>
        OnOneServer.Tell(async server =>
        {
            OneMember member = await FormatAsync(new SimulatedProcess(server));
            await story(server, member, new BlockServerService(member.Store));
        });

    private static Task ExpectAsync(CallStatus expected, Task<StateReply> call) =>
        ExpectAsync(expected, call, static reply => reply.Status);

    private static async Task ExpectAsync<T>(CallStatus expected, Task<T> call, Func<T, CallStatus> status)
        where T : IDigested
    {
        T reply = await call;
        Assert.Equal(expected, status(reply));
        Assert.True(MessageDigest.Holds(reply));
    }

    private static T Sealing<T>(T message)
        where T : IDigested => MessageDigest.Seal(message);

    private static ReadRequest ReadOf(OneMember member, params long[] rows)
    {
        var request = new ReadRequest { Claim = Owner.ToMessage(), BootId = member.Record.BootId };
        request.Rows.AddRange(rows);
        return Sealing(request);
    }

    /// <summary>Writes to each row the version that is its number.</summary>
    private static WriteRequest WriteOf(OneMember member, Epoch epoch, params int[] rows)
    {
        var request = new WriteRequest { Claim = Owner.ToMessage(), BootId = member.Record.BootId, Epoch = epoch.Value };
        foreach (int row in rows)
        {
            request.Blocks.Add(new WriteBlock
            {
                Row = row,
                Sequence = 1,
                Content = ByteString.CopyFrom(Content(row)),
                Checksum = Checksum.Of(Content(row)).Value,
            });
        }

        return Sealing(request);
    }

    private static PrepareRequest PrepareOf(OneMember member, Epoch epoch, params int[] rows)
    {
        var digest = new EpochDigest();
        foreach (int row in rows)
        {
            digest.Add(new Row(row), Checksum.Of(Content(row)));
        }

        return Sealing(new PrepareRequest
        {
            Claim = Owner.ToMessage(),
            BootId = member.Record.BootId,
            Epoch = epoch.Value,
            Mask = All.Bits,
            Blocks = digest.Blocks,
            BlocksDigest = digest.Value,
        });
    }

    private static CommitRequest CommitOf(OneMember member, Epoch epoch) => Sealing(
        new CommitRequest { Claim = Owner.ToMessage(), BootId = member.Record.BootId, Epoch = epoch.Value });

    private static RecordRequest RecordOf(OneMember member, View view) => Sealing(
        new RecordRequest { Claim = Owner.ToMessage(), BootId = member.Record.BootId, View = view.ToMessage() });

    private static JoinRequest JoinOf(OneMember member, Claim claim, ulong sequence, View view) => Sealing(new JoinRequest
    {
        Claim = claim.ToMessage(),
        BootId = member.Record.BootId,
        Sequence = sequence,
        View = view.ToMessage(),
    });

    private static ScanRequest ScanOf(OneMember member, Epoch since, long from) => Sealing(new ScanRequest
    {
        Claim = Owner.ToMessage(),
        BootId = member.Record.BootId,
        Since = since.Value,
        From = from,
    });

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static T? Parse<T>(MessageParser<T> parser, byte[] bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
