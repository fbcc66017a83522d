using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Verify.Simulation;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// Power is lost at every point of every disk call of a long script: what was acknowledged is there, what was not is
/// there as a whole or not at all, nothing else has changed, and the member goes on.
/// </summary>
public abstract class StoreCrashTests
{
    /// <summary>The script without a crash does what the model says, step by step.</summary>
    /// <param name="script">Which.</param>
    /// <param name="stepsBeside">After so many steps, at least, the checkpoint is still being written.</param>
    private protected static void TellDry(MemberScript script, int stepsBeside) => OnOneServer.Tell(async server =>
    {
        OneMember member = await FormatAsync(new SimulatedProcess(server), script.Rows);
        int beside = 0;
        for (int step = 0; step < script.Count; step++)
        {
            await script.TakeAsync(step, member);
            beside += member.Store.Checkpointing.IsCompleted ? 0 : 1;
            if (step >= script.Begin && stepsBeside == 0)
            {
                Assert.Equal(script.StateAfter(step + 1).Describe(survivors: false), await member.DescribeAsync());
            }
        }

        Assert.Equal(script.StateAfter(script.Count).Describe(survivors: false), await member.DescribeAsync());
        Assert.True(beside >= stepsBeside, $"{beside} steps");
        Assert.Equal(1, member.Tally.Checkpoints);
        await member.RestartAsync();
        Assert.Equal(script.StateAfter(script.Count).Describe(survivors: true), await member.DescribeAsync());
    });

    /// <summary>Crashes once at every point.</summary>
    /// <param name="script">Of which.</param>
    /// <param name="seed">Of the dice that say what the disk keeps.</param>
    /// <param name="tornSectors">Of the sectors under way, every one or every other is unreadable after the crash.</param>
    private protected static void CrashEverywhere(MemberScript script, ulong seed, bool tornSectors)
    {
        CrashPoint[] points = FindPoints(script);
        Assert.True(points.Length > 60, $"only {points.Length} points");
        foreach (CrashPoint point in points)
        {
            Crash(script, [point.Ordinal], seed + (ulong)point.Ordinal, tornSectors ? 1 + ((uint)point.Ordinal / 2 % 2) : 0);
        }
    }

    /// <summary>Crashes at one point of each kind, and at each point of the start that follows once more.</summary>
    private protected static void CrashTwice(MemberScript script, ulong seed)
    {
        long starts = 0;
        foreach (CrashPoint point in FindPoints(script)
            .Where(point => point.Moment == CrashMoment.After && point.Kind is not (CrashPointKind.Query or CrashPointKind.Read))
            .DistinctBy(point => (point.Kind, point.What.Text, point.What.Text == Superblock.FileName ? point.Offset : 0)))
        {
            for (long again = point.Ordinal + 1; Crash(script, [point.Ordinal, again], seed + (ulong)again, tornSectorsUnreadable: 1) == 2; again++)
            {
                starts++;
            }
        }

        Assert.True(starts > 300, $"only {starts} points of starts");
    }

    private static CrashPoint[] FindPoints(MemberScript script)
    {
        var points = new CrashAtPoint();
        int first = 0;
        OnOneServer.Tell(new WorldOptions { CrashPoints = points }, async server =>
        {
            OneMember member = await FormatAsync(new SimulatedProcess(server), script.Rows);
            for (int step = 0; step < script.Count; step++)
            {
                first = step == script.Begin ? points.Reached.Count : first;
                await script.TakeAsync(step, member);
            }
        });
        return [.. points.Reached.Skip(first)];
    }

    /// <returns>How often power was lost.</returns>
    private static int Crash(MemberScript script, long[] at, ulong seed, uint tornSectorsUnreadable)
    {
        var points = new CrashAtPoint(at);
        OnOneServer.Tell(new WorldOptions { Seed = seed, CrashPoints = points }, async server =>
        {
            server.Host.Disk.TornSectorsUnreadable = tornSectorsUnreadable;
            OneMember member = await FormatAsync(new SimulatedProcess(server), script.Rows);
            int done = 0;
            await server.RunOnHostAsync(async () =>
            {
                for (; done < script.Count; done++)
                {
                    await script.TakeAsync(done, member);
                }
            });
            Assert.False(server.Host.IsUp, $"no crash at {at[0]}");
            while (!server.Host.IsUp)
            {
                server.Host.Restart();
                await server.RunOnHostAsync(member.StartAsync);
            }

            points.Disarm();

            string story = $"seed {seed}, {string.Join(", ", points.Struck)}, in step {done}, {script.NameOf(done)}";
            string left = await member.DescribeAsync();
            MemberModel? state = script.MayBeLeftAfter(done).FirstOrDefault(model => model.Describe(survivors: true) == left);
            if (state is null)
            {
                Assert.Fail(
                    $"{story}\nleft:\n{left}\n"
                    + string.Join('\n', script.MayBeLeftAfter(done).Select(model => $"allowed:\n{model.Describe(survivors: true)}")));
            }

            if (at.Length > 1)
            {
                await member.RestartAsync();
                Assert.Equal(left, await member.DescribeAsync());
                return;
            }

            await GoOnAsync(script, member, state, decidesFor: at[0] % 4 < 2, joins: at[0] % 2 == 0, story);
        });
        return points.Struck.Count;
    }

    /// <summary>A new client decides about what is sealed, and writes and commits epochs of its own.</summary>
    private static async Task GoOnAsync(
        MemberScript script, OneMember member, MemberModel state, bool decidesFor, bool joins, string story)
    {
        var claim = new Claim(state.Promised.Generation + 1, 0xD);
        Epoch decided = decidesFor && state.Sealed is { } pending ? pending.Epoch : state.View.Decided;
        View view = Decision(E(claim.Generation, 0), decided);
        member.Claim = claim;
        if (joins)
        {
            state = state.Join(claim, view);
            await member.JoinAsync(1, view);
        }
        else
        {
            state = state.Grant(claim).Record(view).Commit();
            await member.OpenAsync(claim.Generation, claim.Client);
            await member.RecordAsync(view);
            await member.CommitAsync(decided);
        }

        await ExpectAsync(state, "decided");
        for (ulong number = 1; number <= 2; number++)
        {
            Epoch epoch = E(claim.Generation, number);
            (int, int)[] blocks = [.. Enumerable.Range((int)number, Math.Min(script.Rows, 1000) - 2).Select(row => (row, row + ((int)number * 1_000_000)))];
            state = state.Write(epoch, blocks).Prepare(Sealed(epoch));
            await member.WriteAsync(epoch, blocks);
            await member.PrepareAsync(epoch);
        }

        await ExpectAsync(state, "written");
        await member.RestartAsync();
        await ExpectAsync(state, "started anew");

        async Task ExpectAsync(MemberModel expected, string when)
        {
            string found = await member.DescribeAsync();
            string wanted = expected.Describe(survivors: true);
            Assert.True(found == wanted, $"{story}, {when}\nfound:\n{found}\nexpected:\n{wanted}");
        }
    }
}

// One class each, so that they run side by side.

public sealed class StoreCrashAtEveryPoint : StoreCrashTests
{
    [Fact]
    public void The_script_is_what_the_model_says() => TellDry(MemberScript.OfEverything, stepsBeside: 0);

    [Fact]
    public void A_crash_at_any_point_keeps_what_was_acknowledged_and_nothing_by_halves() =>
        CrashEverywhere(MemberScript.OfEverything, seed: 1000, tornSectors: false);
}

public sealed class StoreCrashWithTornSectors : StoreCrashTests
{
    [Fact]
    public void Sectors_that_a_crash_leaves_unreadable_are_none_that_were_acknowledged() =>
        CrashEverywhere(MemberScript.OfEverything, seed: 2000, tornSectors: true);
}

public sealed class StoreCrashWhileStarting : StoreCrashTests
{
    [Fact]
    public void A_start_that_is_cut_short_by_a_crash_is_as_good_as_none() =>
        CrashTwice(MemberScript.OfEverything, seed: 4000);
}

public sealed class StoreCrashBesideACheckpoint : StoreCrashTests
{
    [Fact]
    public void Epochs_are_committed_between_the_writes_of_a_checkpoint() => TellDry(MemberScript.OfLargeCheckpoint, stepsBeside: 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_while_a_checkpoint_is_written_beside_epochs_keeps_them(bool tornSectors) =>
        CrashEverywhere(MemberScript.OfLargeCheckpoint, seed: 6000, tornSectors);
}
