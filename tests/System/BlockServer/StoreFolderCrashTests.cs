using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Verify.Simulation;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>Power is lost at every point of a format and of an erasure.</summary>
public sealed class StoreFolderCrashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_format_cut_short_anywhere_is_done_or_can_be_repeated(uint tornSectorsUnreadable)
    {
        int done = 0;
        int points = ForEachPoint(tornSectorsUnreadable, server => MemberStore.FormatAsync(server.Disk, Geometry), async (server, fault) =>
        {
            done += fault == StoreFault.None ? 1 : 0;
            if (fault != StoreFault.None)
            {
                Assert.Equal(StoreFault.NotFormatted, fault);
                Assert.Equal(Errno.OK, await MemberStore.FormatAsync(server.Disk, Geometry));
            }

            await ExpectBlankAsync(new OneMember(new SimulatedProcess(server), Geometry));
        });
        Assert.InRange(points, 30, 200);
        Assert.InRange(done, 1, points / 2);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void An_erasure_cut_short_anywhere_leaves_the_member_whole_or_none(uint tornSectorsUnreadable, bool erasesAgain)
    {
        int whole = 0;
        int points = ForEachPoint(
            tornSectorsUnreadable,
            server => MemberStore.EraseAsync(server.Disk),
            async (server, fault) =>
            {
                if (fault == StoreFault.None)
                {
                    whole++;
                    var survivor = new OneMember(new SimulatedProcess(server), Geometry);
                    await survivor.StartAsync();
                    Assert.Equal(E(1), survivor.Record.Self);
                    Assert.Equal(StoredBlockState.Good, await survivor.StateOfAsync(3));
                    server.Crash();
                }

                if (erasesAgain || fault == StoreFault.None)
                {
                    Assert.Equal(Errno.OK, await MemberStore.EraseAsync(server.Disk));
                    Assert.Empty((await server.Disk.ListAsync()).Value);
                }

                Assert.Equal(Errno.OK, await MemberStore.FormatAsync(server.Disk, Geometry));
                await ExpectBlankAsync(new OneMember(new SimulatedProcess(server), Geometry));
            },
            async server =>
            {
                OneMember member = await FormatAsync(new SimulatedProcess(server));
                await member.OwnAsync(1);
                await member.CommitAsync(E(1), (3, 30));
                await member.PrepareAsync(E(2));
                await member.ForceCheckpointAsync();
                server.Crash();
            });
        Assert.InRange(points, 10, 100);
        Assert.InRange(whole, 1, points - 1);
    }

    private static async Task ExpectBlankAsync(OneMember member)
    {
        await member.StartAsync();
        Assert.Equal(default, member.Record.Promised);
        await member.ExpectAsync((3, 0));
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 31));
        await member.RestartAsync();
        await member.ExpectAsync((3, 31), (4, 0));
    }

    /// <summary>Does something once for each of its crash points, with a crash there; then tells what the folder is.</summary>
    /// <returns>How many there are.</returns>
    private static int ForEachPoint(
        uint tornSectorsUnreadable,
        Func<OnOneServer, Task<Errno>> act,
        Func<OnOneServer, StoreFault, Task> after,
        Func<OnOneServer, Task>? before = null)
    {
        int crashes = 0;
        for (bool crashed = true; crashed;)
        {
            var dry = new CrashAtPoint();
            OnOneServer.Tell(new WorldOptions { CrashPoints = dry }, server => before?.Invoke(server) ?? Task.CompletedTask);
            var points = new CrashAtPoint(dry.Reached.Count + crashes);
            crashed = false;
            OnOneServer.Tell(new WorldOptions { CrashPoints = points, Seed = (ulong)crashes }, async server =>
            {
                server.Host.Disk.TornSectorsUnreadable = tornSectorsUnreadable;
                await (before?.Invoke(server) ?? Task.CompletedTask);
                await server.RunOnHostAsync(async () => Assert.Equal(Errno.OK, await act(server)));
                if (!server.Host.IsUp)
                {
                    crashed = true;
                    server.Host.Restart();
                    await after(server, (await MemberStore.InspectAsync(server.Disk)).Fault);
                }
            });
            crashes += crashed ? 1 : 0;
        }

        return crashes;
    }
}
