using Grpc.Core;
using Grpc.Net.Client;
using Raid5Fs.EndToEnd.Tests.Processes;
using Raid5Fs.Execution;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.EndToEnd.Tests;

/// <summary>The array over real processes: one dies, one is replaced, and what was committed is there.</summary>
public sealed class ArrayTests
{
    private const int Blocks = 60;

    /// <summary>Long enough for a machine that is busy with other tests: a server that is only slow is not to be given up.</summary>
    private static readonly ArrayOptions Patient = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(5),
        RetryBudget = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task A_server_is_killed_and_replaced_by_a_blank_one_and_nothing_is_lost()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var channels = new Channels(cluster);
        await using var executor = new SerialExecutor("client");
        await executor.RunAsync(async () =>
        {
            await using Raid5Array array = await OpenAsync(channels);
            await CommitAsync(array, version: 1);
            await cluster.KillAsync(1);
            await ExpectAsync(array, version: 1);
            await CommitAsync(array, version: 2);

            cluster.Wipe(1);
            await cluster.StartAsync(1);
        });

        // The next client finds the blank member, which joins and is refilled in the background.
        await executor.RunAsync(async () =>
        {
            await using Raid5Array array = await OpenAsync(channels);
            await ExpectAsync(array, version: 2);
            await ReadUntilWholeAsync(array, version: 2);

            // Now another one may go.
            await cluster.KillAsync(0);
            await ExpectAsync(array, version: 2);
        });
    }

    [Fact]
    public async Task A_server_that_hangs_is_gone_without_and_comes_back()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var channels = new Channels(cluster);
        await using var executor = new SerialExecutor("client");
        await executor.RunAsync(async () =>
        {
            await using Raid5Array array = await OpenAsync(channels);
            await CommitAsync(array, version: 1);
            cluster[2].Process.Pause();
            await CommitAsync(array, version: 2);
            await ExpectAsync(array, version: 2);
            cluster[2].Process.Resume();
            await ReadUntilWholeAsync(array, version: 2);
            await cluster.KillAsync(1);
            await ExpectAsync(array, version: 2);
        });
    }

    private static async Task<Raid5Array> OpenAsync(Channels channels)
    {
        Result<Raid5Array> opened = await Raid5Array.OpenAsync(channels.Invokers, Patient, TimeProvider.System, new Random(1));
        Assert.Equal(Errno.OK, opened.Error);
        return opened.Value;
    }

    private static async Task CommitAsync(Raid5Array array, int version)
    {
        Assert.Equal(Errno.OK, await array.WriteAsync(new BlockAddress(0), ContentOf(array, version)));
        Assert.Equal(Errno.OK, await array.CommitAsync());
    }

    private static async Task ExpectAsync(Raid5Array array, int version)
    {
        byte[] read = new byte[Blocks * array.BlockSize];
        Assert.Equal(Errno.OK, await array.ReadAsync(new BlockAddress(0), read));
        Assert.Equal(ContentOf(array, version), read);
    }

    private static byte[] ContentOf(Raid5Array array, int version) => MemberCaller.Content(version, Blocks * array.BlockSize);

    /// <summary>Reads until every member is in sync: the array looks after one that is not at its own pace, beside what is asked of it.</summary>
    private static async Task ReadUntilWholeAsync(Raid5Array array, int version)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!array.Status.Members.All(member => member.State == MemberState.InSync))
        {
            await ExpectAsync(array, version);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A channel to each server of a cluster.</summary>
    private sealed class Channels(Cluster cluster) : IDisposable
    {
        private readonly GrpcChannel[] _channels = [.. cluster.Addresses.Select(address => GrpcChannel.ForAddress(address))];

        public IReadOnlyList<CallInvoker> Invokers => [.. _channels.Select(channel => channel.CreateCallInvoker())];

        public void Dispose() => Array.ForEach(_channels, channel => channel.Dispose());
    }
}
