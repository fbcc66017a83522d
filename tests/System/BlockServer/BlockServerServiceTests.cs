using Google.Protobuf;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OnOneServer;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>The service judges each message before it has an effect.</summary>
public sealed class BlockServerServiceTests
{
    [Fact]
    public void It_says_who_it_is() => TellOfService(async service =>
    {
        DescribeReply reply = await service.Describe(new DescribeRequest(), null!);
        Assert.True(MessageDigest.Holds(reply));
        Assert.Equal(Geometry, MemberGeometry.FromMessage(reply));
        Assert.Equal(1UL, reply.BootId);
    });

    [Fact]
    public void A_write_is_read_back_with_its_checksum() => TellOfService(async service =>
    {
        Assert.Equal(CallStatus.Ok, (await service.Write(WriteOf(3, 4), null!)).Status);
        ReadReply reply = await service.Read(ReadOf(3, 5), null!);
        Assert.True(MessageDigest.Holds(reply));
        Assert.Equal(BlockStatus.BlockOk, reply.Blocks[0].Status);
        Assert.Equal(Content(3), reply.Blocks[0].Content.ToByteArray());
        Assert.Equal(Checksum.Of(Content(3)).Value, reply.Blocks[0].Checksum);
        Assert.Equal(BlockStatus.BlockNeverWritten, reply.Blocks[1].Status);
    });

    [Fact]
    public void A_message_for_another_boot_has_no_effect() => TellOfService(async service =>
    {
        WriteRequest late = WriteOf(3);
        late.BootId = 77;
        Assert.Equal(CallStatus.StaleBoot, (await service.Write(MessageDigest.Seal(late), null!)).Status);
        ReadRequest read = ReadOf(3);
        read.BootId = 77;
        Assert.Equal(CallStatus.StaleBoot, (await service.Read(MessageDigest.Seal(read), null!)).Status);
        Assert.Equal(BlockStatus.BlockNeverWritten, (await service.Read(ReadOf(3), null!)).Blocks[0].Status);
    });

    [Fact]
    public void Any_flipped_bit_of_a_request_is_refused_or_cannot_be_parsed() => TellOfService(async service =>
    {
        byte[] write = WriteOf(3).ToByteArray();
        for (int bit = 0; bit < write.Length * 8; bit++)
        {
            if (Parse(WriteRequest.Parser, Flip(write, bit)) is { } flipped)
            {
                Assert.NotEqual(CallStatus.Ok, (await service.Write(flipped, null!)).Status);
            }
        }

        Assert.Equal(BlockStatus.BlockNeverWritten, (await service.Read(ReadOf(3), null!)).Blocks[0].Status);
        CountersReply counters = await service.Counters(new CountersRequest(), null!);
        Assert.Equal(0, counters.Writes);
        Assert.True(counters.Refused > 0);
    });

    [Fact]
    public void Any_flipped_bit_of_a_reply_breaks_its_digest_or_its_block() => TellOfService(async service =>
    {
        await service.Write(WriteOf(3), null!);
        byte[] reply = (await service.Read(ReadOf(3), null!)).ToByteArray();
        for (int bit = 0; bit < reply.Length * 8; bit++)
        {
            if (Parse(ReadReply.Parser, Flip(reply, bit)) is { } flipped)
            {
                bool noticed = !MessageDigest.Holds(flipped)
                    || flipped.Blocks[0].Checksum != Checksum.Of(flipped.Blocks[0].Content.Span).Value;
                Assert.True(noticed, $"bit {bit}");
            }
        }

        byte[] description = (await service.Describe(new DescribeRequest(), null!)).ToByteArray();
        for (int bit = 0; bit < description.Length * 8; bit++)
        {
            Assert.False(Parse(DescribeReply.Parser, Flip(description, bit)) is { } flipped && MessageDigest.Holds(flipped));
        }
    });

    [Fact]
    public void Bytes_that_are_not_those_of_their_checksum_are_refused() => TellOfService(async service =>
    {
        WriteRequest write = WriteOf(3);
        write.Blocks[0].Content = ByteString.CopyFrom(Content(4));
        Assert.Equal(CallStatus.BadChecksum, (await service.Write(write, null!)).Status);
    });

    [Fact]
    public void Calls_against_the_protocol_are_refused() => TellOfService(async service =>
    {
        Assert.Equal(CallStatus.Malformed, (await service.Read(ReadOf(), null!)).Status);
        Assert.Equal(CallStatus.Malformed, (await service.Read(ReadOf(4, 4), null!)).Status);
        Assert.Equal(CallStatus.Malformed, (await service.Read(ReadOf(4, 3), null!)).Status);
        Assert.Equal(CallStatus.OutOfRange, (await service.Read(ReadOf(-1), null!)).Status);
        Assert.Equal(CallStatus.OutOfRange, (await service.Read(ReadOf(Rows), null!)).Status);
        Assert.Equal(CallStatus.OutOfRange, (await service.Write(WriteOf(Rows), null!)).Status);
        long[] many = [.. Enumerable.Range(0, CallLimits.MaxBlocks(BlockSize) + 1).Select(row => (long)row)];
        Assert.Equal(CallStatus.Malformed, (await service.Read(ReadOf(many), null!)).Status);

        WriteRequest small = WriteOf(3);
        small.Blocks[0].Content = ByteString.CopyFrom(new byte[BlockSize / 2]);
        small.Blocks[0].Checksum = Checksum.Of(new byte[BlockSize / 2]).Value;
        Assert.Equal(CallStatus.Malformed, (await service.Write(MessageDigest.Seal(small), null!)).Status);

        WriteRequest endless = WriteOf(3);
        endless.Sequence = ulong.MaxValue;
        Assert.Equal(CallStatus.Malformed, (await service.Write(MessageDigest.Seal(endless), null!)).Status);
    });

    [Fact]
    public void An_error_of_the_disk_is_a_status() => Tell(async server =>
    {
        var service = new BlockServerService(await server.FormatAndOpenAsync());
        server.Host.Disk.FailWrites(1);
        Assert.Equal(CallStatus.IoError, (await service.Write(WriteOf(3), null!)).Status);
        Assert.Equal(BlockStatus.BlockUnreadable, (await service.Read(ReadOf(3), null!)).Blocks[0].Status);
        Assert.Equal(1, (await service.Counters(new CountersRequest(), null!)).BadBlocks);
    });

    private static void TellOfService(Func<BlockServerService, Task> story) =>
        Tell(async server => await story(new BlockServerService(await server.FormatAndOpenAsync())));

    private static ReadRequest ReadOf(params long[] rows)
    {
        var request = new ReadRequest { BootId = 1 };
        request.Rows.AddRange(rows);
        return MessageDigest.Seal(request);
    }

    /// <summary>Writes to each row the content of the version with the row's number.</summary>
    private static WriteRequest WriteOf(params int[] rows)
    {
        var request = new WriteRequest { BootId = 1, Sequence = 1 };
        foreach (int row in rows)
        {
            request.Blocks.Add(new WriteBlock
            {
                Row = row,
                Content = ByteString.CopyFrom(Content(row)),
                Checksum = Checksum.Of(Content(row)).Value,
            });
        }

        return MessageDigest.Seal(request);
    }

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
