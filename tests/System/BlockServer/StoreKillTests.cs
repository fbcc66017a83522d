using Raid5Fs.BlockServer;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// The server is killed and started again, and only then power is lost: what the second process found unflushed, and
/// spoke of, must not vanish with the power.
/// </summary>
public sealed class StoreKillTests
{
    private static readonly MemberScript Script = MemberScript.OfEverything;

    [Fact]
    public void What_a_start_found_is_durable_before_the_member_speaks_of_it()
    {
        long calls = Kill(after: long.MaxValue);
        Assert.True(calls > 120, $"only {calls} calls");
        for (long call = 1; call <= calls; call++)
        {
            Kill(after: call);
        }
    }

    /// <returns>Calls that the first process made.</returns>
    private static long Kill(long after)
    {
        long calls = 0;
        OnOneServer.Tell(
            async server =>
            {
                var process = new KilledProcess(server, after);
                OneMember member = await FormatAsync(process);
                int done = 0;
                await server.RunOnHostAsync(async () =>
                {
                    Task script = TakeAllAsync();
                    while (!script.IsCompleted && !process.First.IsDead)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(1), server.World.Clock);
                    }

                    async Task TakeAllAsync()
                    {
                        for (; done < Script.Count; done++)
                        {
                            if (done == Script.Begin)
                            {
                                process.First.BeginCounting();
                            }

                            await Script.TakeAsync(done, member);
                        }
                    }
                });
                calls = process.First.Calls;
                if (!process.First.IsDead)
                {
                    return;
                }

                string story = $"killed at call {after}, in step {done}, {Script.NameOf(done)}";
                await member.StartAsync();
                string found = await member.DescribeAsync();
                Assert.True(
                    Script.MayBeLeftAfter(done).Any(model => model.Describe(survivors: true) == found), $"{story}, found:\n{found}");

                await member.RestartAsync();
                string left = await member.DescribeAsync();
                Assert.True(found == left, $"{story}, found:\n{found}\nleft by the loss of power:\n{left}");
            },
            seed: (ulong)after);
        return calls;
    }

    /// <summary>A process that is killed at a call. The next one sees what the kernel has; its restart is a loss of power.</summary>
    private sealed class KilledProcess(OnOneServer server, long after) : ProcessWithDisk
    {
        public DyingDisk First { get; } = new(server.Disk, after);

        public override IDisk Disk => First.IsDead ? server.Disk : First;

        public override Task RestartAsync()
        {
            server.Crash();
            return Task.CompletedTask;
        }
    }
}
