using Grpc.Core;
using Raid5Fs.EndToEnd.Tests.Processes;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>What a member promises, kept by a real process over real files.</summary>
public sealed class ServingTests
{
    [Fact]
    public async Task What_was_committed_or_sealed_outlives_a_kill_and_what_was_open_does_not()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        ulong firstBoot;
        using (MemberCaller caller = member.Call())
        {
            await caller.OwnAsync(1);
            await caller.CommitAsync(Epoch.Of(1, 1), (3, 30), (4, 40));
            Assert.Equal(CallStatus.Ok, await caller.TryWriteAsync(Epoch.Of(1, 2), (4, 41)));
            Assert.Equal(CallStatus.Ok, await caller.TrySealAsync(Epoch.Of(1, 2)));
            Assert.Equal(CallStatus.Ok, await caller.TryWriteAsync(Epoch.Of(1, 3), (3, 31), (5, 51)));
            await caller.ExpectAsync(5, 51);
            firstBoot = caller.Boot;
        }

        EndedProgram ended = await member.KillAsync();
        Assert.Equal(128 + 9, ended.ExitCode);

        await member.StartAsync();
        using MemberCaller again = member.Call();
        await again.OwnAsync(2);
        Assert.NotEqual(firstBoot, again.Boot);
        await again.ExpectAsync(3, 30);
        await again.ExpectAsync(4, 41);
        Assert.Equal(BlockStatus.BlockNeverWritten, await again.StateOfAsync(5));
    }

    [Fact]
    public async Task A_client_that_was_outdone_is_told_so()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        using MemberCaller first = member.Call();
        using MemberCaller second = member.Call();
        await first.OwnAsync(1);
        await second.OwnAsync(2);
        Assert.Equal(CallStatus.Fenced, await first.TryWriteAsync(Epoch.Of(1, 1), (3, 30)));
    }

    [Fact]
    public async Task Asked_to_stop_it_ends_the_calls_under_way_and_takes_no_new_ones()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--delay-at", "4", "--delay", "2s");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        Task<CallStatus> underWay = caller.TryWriteAsync(Epoch.Of(1, 1), (3, 30));
        await member.Server.Process.LineAsync(line => line.Contains("a call waits", StringComparison.Ordinal));

        member.Server.Process.Ask();
        Assert.Equal(CallStatus.Ok, await underWay);
        EndedProgram ended = await member.Server.Process.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.EndsWith("stopped", ended.Errors[^1]);
        await Assert.ThrowsAsync<RpcException>(() => caller.TryWriteAsync(Epoch.Of(1, 1), (3, 30)));
    }

    /// <remarks>By SIGTERM: SIGINT is ignored by what a script started in the background.</remarks>
    [Fact]
    public async Task Asked_twice_it_ends_at_once()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--delay-at", "4", "--delay", "10m", "--stop-within", "10m");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        Task<CallStatus> underWay = caller.TryWriteAsync(Epoch.Of(1, 1), (3, 30));
        await member.Server.Process.LineAsync(line => line.Contains("a call waits", StringComparison.Ordinal));

        member.Server.Process.Ask();
        await member.Server.Process.LineAsync(line => line.Contains("told to stop", StringComparison.Ordinal));
        member.Server.Process.Ask();
        Assert.Equal(128 + 15, (await member.Server.Process.EndAsync()).ExitCode);
        await Assert.ThrowsAsync<RpcException>(() => underWay);
    }

    [Fact]
    public async Task Calls_that_do_not_end_in_time_are_broken_off()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--delay-at", "4", "--delay", "10m", "--stop-within", "1ms");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        Task<CallStatus> underWay = caller.TryWriteAsync(Epoch.Of(1, 1), (3, 30));
        await member.Server.Process.LineAsync(line => line.Contains("a call waits", StringComparison.Ordinal));

        member.Server.Process.Ask();
        Assert.Equal(0, (await member.Server.Process.EndAsync()).ExitCode);
        await Assert.ThrowsAsync<RpcException>(() => underWay);
    }

    [Fact]
    public async Task A_corrupt_block_is_found_by_the_servers_checksum_also_after_it_was_written_anew()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        using (MemberCaller caller = member.Call())
        {
            await caller.OwnAsync(1);
            await caller.CommitAsync(Epoch.Of(1, 1), (3, 30), (4, 40), (5, 50));
        }

        await member.KillAsync();
        await member.StartAsync("-cblk", "4");
        using (MemberCaller caller = member.Call())
        {
            await caller.OwnAsync(2);
            ReadReply read = await caller.Client.ReadAsync(caller.ReadOf(3, 4, 5));
            Assert.Equal(
                [BlockStatus.BlockOk, BlockStatus.BlockCorrupt, BlockStatus.BlockOk], read.Blocks.Select(block => block.Status));
            await caller.CommitAsync(Epoch.Of(2, 1), (4, 41));
            Assert.Equal(BlockStatus.BlockCorrupt, await caller.StateOfAsync(4));
        }

        // The disk itself was never touched.
        await member.KillAsync();
        await member.StartAsync();
        using MemberCaller last = member.Call();
        await last.OwnAsync(3);
        await last.ExpectAsync(4, 41);
        await Refused.ExpectAsync(
            2, "--corrupt-block '64': this member has rows 0 to 63", ["serve", "--data", await CopyAsync(member), "-port", "0", "-cblk", "64", "--log-level", "none"]);
    }

    [Fact]
    public async Task Each_so_manyth_call_waits_and_others_do_not_wait_for_it()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "-delayat", "4", "--delay", "10m");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        using var patience = new CancellationTokenSource();
        AsyncUnaryCall<InspectReply> delayed = caller.Client.InspectAsync(new InspectRequest(), cancellationToken: patience.Token);
        await member.Server.Process.LineAsync(line => line.Contains("a call waits", StringComparison.Ordinal));
        await caller.CommitAsync(Epoch.Of(1, 1), (3, 30));
        Assert.False(delayed.ResponseAsync.IsCompleted);
        await patience.CancelAsync();
        RpcException given = await Assert.ThrowsAsync<RpcException>(() => delayed.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, given.StatusCode);
    }

    /// <summary>A member's folder again, which no server holds.</summary>
    private static async Task<string> CopyAsync(ServedMember member)
    {
        string copy = member.Folder + ".copy";
        await ServerProcess.FormatAsync(Directory.CreateDirectory(copy).FullName, new MemberShape());
        return copy;
    }
}
