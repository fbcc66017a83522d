using Google.Protobuf;
using Grpc.Core;
using Raid5Fs.EndToEnd.Tests.Processes;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>What a client that is broken, or means harm, cannot use up.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(128)]
    [InlineData(65_536)]
    public async Task The_largest_message_of_the_protocol_is_taken_and_a_larger_one_is_not(int blockSize)
    {
        int most = CallLimits.MaxBlocks(blockSize);
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape { Rows = 4096, BlockSize = blockSize });
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        WriteRequest largest = caller.WriteOf(
            Epoch.Of(1, 1), [.. Enumerable.Range(4096 - most, most).Select(row => ((long)row, MemberCaller.Content(row, blockSize)))]);
        Assert.Equal(CallStatus.Ok, (await caller.Client.WriteAsync(largest)).Status);

        WriteRequest larger = largest.Clone();
        larger.Blocks[0].Content = ByteString.CopyFrom(new byte[CallLimits.MaxRequestBytes(blockSize)]);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await caller.Client.WriteAsync(larger));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        await caller.ExpectAsync(4095, 4095);
    }

    [Fact]
    public async Task One_call_more_than_allowed_is_refused_before_it_is_read()
    {
        await using ServedMember member = await ServedMember.StartAsync(
            new MemberShape(), "--max-calls", "1", "--delay-at", "4", "--delay", "10m");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        using var patience = new CancellationTokenSource();
        AsyncUnaryCall<InspectReply> inside = caller.Client.InspectAsync(new InspectRequest(), cancellationToken: patience.Token);
        await member.Server.Process.LineAsync(line => line.Contains("a call waits", StringComparison.Ordinal));

        // Over a connection of its own: on the first one the client itself would wait.
        using MemberCaller other = member.Call();
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await other.Client.InspectAsync(new InspectRequest()));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        await patience.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => inside.ResponseAsync);
    }

    [Fact]
    public async Task An_open_epoch_takes_no_more_than_a_client_may_have_in_it_and_a_new_claim_frees_it()
    {
        const int Rows = 1 << 16;
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape { Rows = Rows, BlockSize = 128 });
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        int most = (int)CallLimits.RowsInOpenEpoch(Rows);
        int inOne = CallLimits.MaxBlocks(128);
        for (int first = 0; first < most; first += inOne)
        {
            Assert.Equal(CallStatus.Ok, await WriteAsync(first, Math.Min(inOne, most - first)));
        }

        Assert.Equal(CallStatus.NoSpace, await WriteAsync(most, 1));

        // What is in it already can be written again.
        Assert.Equal(CallStatus.Ok, await WriteAsync(0, inOne));
        await caller.OwnAsync(2);
        Assert.Equal(CallStatus.Ok, await WriteAsync(most, 1));

        Task<CallStatus> WriteAsync(int first, int count) =>
            caller.TryWriteAsync(Epoch.Of(caller.Generation, 1), [.. Enumerable.Range(first, count).Select(row => ((long)row, row))]);
    }
}
