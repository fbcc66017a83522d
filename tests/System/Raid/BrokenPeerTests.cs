using Google.Protobuf;
using Grpc.Core;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>One server answers what the protocol does not allow. The array does without it, and never throws.</summary>
public sealed class BrokenPeerTests
{
    public static TheoryData<string> Lies() => [.. Known.Keys];

    private static readonly SortedDictionary<string, Func<ReadReply, ReadReply>> Known = new(StringComparer.Ordinal)
    {
        ["a block too few"] = reply =>
        {
            if (reply.Blocks.Count > 0)
            {
                reply.Blocks.RemoveAt(0);
            }

            return MessageDigest.Seal(reply);
        },
        ["a block too many"] = reply =>
        {
            reply.Blocks.Add(new ReadBlock());
            return MessageDigest.Seal(reply);
        },
        ["blocks of the wrong size"] = reply =>
        {
            foreach (ReadBlock block in reply.Blocks)
            {
                block.Content = ByteString.CopyFrom(1, 2, 3);
                block.Checksum = Raid5Fs.Primitives.Checksum.Of([1, 2, 3]).Value;
            }

            return MessageDigest.Seal(reply);
        },
        ["bytes of another checksum"] = reply =>
        {
            foreach (ReadBlock block in reply.Blocks)
            {
                block.Checksum++;
            }

            return MessageDigest.Seal(reply);
        },
        ["unknown block statuses"] = reply =>
        {
            foreach (ReadBlock block in reply.Blocks)
            {
                block.Status = (BlockStatus)99;
            }

            return MessageDigest.Seal(reply);
        },
        ["an unknown status"] = reply => MessageDigest.Seal(new ReadReply { Status = (CallStatus)99 }),
        ["no digest"] = reply =>
        {
            reply.Digest = 0;
            return reply;
        },
        ["an empty message"] = reply => new ReadReply(),
        ["another boot each time"] = reply =>
            MessageDigest.Seal(new ReadReply { Status = CallStatus.StaleBoot, BootId = 5 }),
        ["unimplemented"] = reply => throw new RpcException(new Status(StatusCode.Unimplemented, "")),
        ["internal errors"] = reply => throw new RpcException(new Status(StatusCode.Internal, "")),
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void It_is_done_without(string lie) => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory broken = array.HolderOf(5);
        array.Disguise = (member, service) => member == broken.Member ? new Liar(service, Known[lie]) : null;
        broken.Crash();
        broken.Restart();
        await array.Pause(1);
        await array.Expect(5, 1);
        await array.WriteWell(5, version: 2, blocks: 6);
        await array.Expect(5, 2, blocks: 6);
        await array.CommitWell();

        // Repaired, it is a member like any other.
        array.Disguise = null;
        broken.Crash();
        broken.Restart();
        await array.UntilInSync();
        await array.Expect(5, 2, blocks: 6);
        await array.Array.ScrubAsync();
        await array.ExpectClean();
    });

    [Fact]
    public void A_server_that_turns_into_another_is_refused() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        array.Disguise = (member, service) => member == 1 ? new Impostor(service) : null;
        array.Server(1).Crash();
        array.Server(1).Restart();
        await array.Fill(version: 2);
        await array.Expect(0, 2, (int)array.Array.BlockCount);
        Assert.Equal(MemberState.Away, array.Status(1).State);
        Assert.Contains("found member 0", array.Status(1).Refusal, StringComparison.Ordinal);
    });

    private sealed class Liar(Protocol.BlockServer.BlockServerBase honest, Func<ReadReply, ReadReply> lie)
        : GoBetween(honest)
    {
        public override async Task<ReadReply> Read(ReadRequest request, ServerCallContext context) =>
            lie(await base.Read(request, context));
    }

    private sealed class Impostor(Protocol.BlockServer.BlockServerBase honest) : GoBetween(honest)
    {
        public override async Task<InspectReply> Inspect(InspectRequest request, ServerCallContext context)
        {
            InspectReply reply = await base.Inspect(request, context);
            reply.Member = 0;
            return MessageDigest.Seal(reply);
        }
    }
}
