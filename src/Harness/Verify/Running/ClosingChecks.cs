using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Faults;
using Raid5Verify.Oracle;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Running;

/*
 * What must hold at the end of every run, once all faults are over: safety under faults first, then heal and demand
 * convergence. The order matters: the scrub mends what no operation met; only then must the disks agree; and what is
 * mounted anew from them must be what the reference holds.
 */

/// <summary>What comes after the last step of the story: the end of all faults, what is to be verified, and the checks.</summary>
internal static class ClosingChecks
{
    public static async Task RunAsync(ScenarioRun run)
    {
        run.Doing = "the end of all faults";
        run.Faults.Close();
        await run.Clients.ReadyAsync();
        await run.Clients.SettleAsync();
        await run.SettleAsync();
        CheckWords(run);
        if (run.Mode.ToleratesErrors)
        {
            // A failed commit may have made it read-only: what it can no longer keep is lost, as in a crash.
            run.Clients.Replace();
        }

        if (run.Scenario.Verify.Count > 0)
        {
            await VerifyAsync(run);
        }

        await (run.Mode.DemandsConvergence ? ConvergeAsync(run) : CheckRowsAsync(run));
        run.Doing = "expectations";
        run.CountAll();
        foreach (Expectation.OfCounter expectation in run.Scenario.Expect.OfType<Expectation.OfCounter>())
        {
            run.Check(expectation);
        }

        if (run.Mode.DemandsConvergence)
        {
            await CheckTreeAsync(run);
        }
    }

    /// <summary>No member has forgotten what it said of itself, or said what it must not.</summary>
    private static void CheckWords(ScenarioRun run)
    {
        for (int server = 0; server < run.Cluster.Shape.Servers; server++)
        {
            if (run.Cluster.BrokenWordOf(server) is { } broken)
            {
                throw run.Violate(broken.Promise, $"a server knows what it said before: {broken.Before}", $"server {server}: {broken.Now}");
            }
        }
    }

    /// <summary>What the scenario wants to see once all is in sync, as far as the mode demands that.</summary>
    private static async Task VerifyAsync(ScenarioRun run)
    {
        run.Doing = "convergence after the last fault";
        await run.Clients.ReadyAsync();
        if (run.Mode.DemandsConvergence)
        {
            await run.AwaitInSyncAsync(ScenarioRun.Patience);
        }

        foreach (Step step in run.Scenario.Verify)
        {
            run.Doing = step;
            await step.ApplyAsync(run);
            run.StepIndex++;
        }
    }

    /// <summary>All is whole again: members, commits, rows.</summary>
    private static async Task ConvergeAsync(ScenarioRun run)
    {
        run.Doing = "convergence after the last fault";
        await run.Clients.ReadyAsync();
        await run.AwaitInSyncAsync(ScenarioRun.Patience);

        run.Doing = "unmount";
        Succeed(run, await run.UnmountAsync());

        run.Doing = "scrub";
        Func<int, int, bool> isExplained = DamageByFaults(run);
        ScrubReport first = await ScrubAsync(run);
        if (first.Findings.FirstOrDefault(finding => finding.Kind != ScrubFindingKind.Healed) is { } finding)
        {
            throw run.Violate(
                Promise.NoAmplification, "nothing that cannot be mended", finding.ToString());
        }

        if (first.Findings.FirstOrDefault(found => !found.Members.All(member => isExplained(member.Value, (int)found.Row.Value))) is { } extra)
        {
            throw run.Violate(Promise.NoAmplification, "no unit is bad that no fault has hit", extra.ToString());
        }

        run.Doing = "second scrub";
        ScrubReport second = await ScrubAsync(run);
        if (!second.IsClean)
        {
            throw run.Violate(
                Promise.Convergence,
                "nothing found",
                $"{second.UnverifiedRows} rows unverified; {string.Join("; ", second.Findings)}");
        }

        CheckParity(run);
        await LoadCheck.RunAsync(run);
        run.Doing = "fsck";
        FsckReport report = (await run.OnClientAsync("fsck", client => Fsck.CheckAsync(client.Array!))).Value!;
        if (!report.IsClean || report.Orphans > 0)
        {
            throw run.Violate(Promise.Soundness, "a clean file system, without orphans once it was unmounted", report.ToString());
        }
    }

    /// <summary>
    /// Where anything may be destroyed: a row of which every unit is good is whole, and if none is lost, neither is any byte.
    /// </summary>
    private static async Task CheckRowsAsync(ScenarioRun run)
    {
        run.Doing = "scrub of what is left";
        Attempt<ScrubReport> scrubbed = await run.OnClientAsync("scrub", client => client.Array!.ScrubAsync());
        if (scrubbed is { IsAnswered: true, Value: { } report }
            && report.Findings.FirstOrDefault(finding => finding.Kind == ScrubFindingKind.Inconsistent) is { } finding)
        {
            throw run.Violate(
                Promise.NoAmplification, "a row of which every unit is good XORs to zero", $"{finding.Row} does not");
        }

        run.Doing = "reading of all that is left";
        var tree = new RecoveredTree();
        Attempt<bool> read = await run.OnClientAsync("read everything", async client =>
        {
            await tree.ReadAsync(client.Paths!);
            return true;
        });
        bool nothingIsLost = scrubbed.Value is { UnverifiedRows: 0 } rows
            && rows.Findings.All(found => found.Kind == ScrubFindingKind.Healed);
        if (read.IsAnswered && nothingIsLost && tree.FirstError is { } error)
        {
            throw run.Violate(Promise.OverlapIsExplicit, "all can be read, as no row has two bad units", error);
        }

        if (read.IsAnswered && run.Oracle.Judge(tree, run.Mode.Allows) is Judgement.Nothing nothing)
        {
            throw run.Violate(nothing.Broken, nothing.Expected, nothing.Actual);
        }
    }

    /// <summary>
    /// Whether the faults of the run explain that a unit is bad, as it is now. A disk that lied says nothing of what it lost: where there
    /// was one, all of it is explained.
    /// </summary>
    private static Func<int, int, bool> DamageByFaults(ScenarioRun run)
    {
        HashSet<int> liars = [.. run.Faults.Struck.Where(fault => fault.IsMet).Select(fault => fault.Fault).OfType<LieAtFlushes>().Select(lie => lie.Server)];
        HashSet<(int Server, int Row)> damaged =
        [
            .. from server in Enumerable.Range(0, run.Cluster.Shape.Servers)
               from row in Enumerable.Range(0, run.Cluster.Shape.Rows)
               where run.Cluster.IsDamaged(server, row)
               select (server, row),
        ];
        return (server, row) => liars.Contains(server) || damaged.Contains((server, row));
    }

    private static async Task<ScrubReport> ScrubAsync(ScenarioRun run) =>
        (await run.OnClientAsync("scrub", client => client.Array!.ScrubAsync())).Value!;

    /// <summary>Every row, straight from the disks: all of it can be read, and the blocks XOR to zero.</summary>
    private static void CheckParity(ScenarioRun run)
    {
        run.Doing = "parity of every row, read from the disks";
        for (int row = 0; row < run.Cluster.Shape.Rows; row++)
        {
            if (run.Cluster.FindDamage(row) is { } damage)
            {
                throw run.Violate(Promise.Convergence, "after a scrub all is read, and every row XORs to zero", damage);
            }
        }
    }

    /// <summary>The array is opened and mounted anew: every name, type, size and byte is the reference's.</summary>
    private static async Task CheckTreeAsync(ScenarioRun run)
    {
        run.Doing = "remount of an array opened anew";
        SimulatedCluster cluster = run.Cluster;
        Succeed(run, await run.OnClientAsync("reopen", async client =>
        {
            await client.Array!.CloseAsync();
            Errno opened = await cluster.OpenArrayAsync(client);
            return opened == Errno.OK ? await cluster.MountAsync(client) : opened;
        }));
        var tree = new RecoveredTree();
        await run.OnClientAsync("read everything", async client =>
        {
            await tree.ReadAsync(client.Paths!);
            return true;
        });
        if (run.Oracle.FirstDifference(tree) is { } difference)
        {
            run.Doing = difference.Question;
            throw run.Violate(
                difference.Actual.Error == Errno.EIO ? Promise.NoLoss : Promise.NeverWrong,
                difference.Expected.DescribeAgainst(difference.Actual),
                difference.Actual.DescribeAgainst(difference.Expected));
        }

        run.Doing = "unmount";
        Succeed(run, await run.OnClientAsync("close", async client =>
        {
            Errno unmounted = await client.UnmountAsync();
            await client.Array!.CloseAsync();
            return unmounted;
        }));
    }

    private static void Succeed(ScenarioRun run, Attempt<Errno> attempt)
    {
        if (!attempt.Is(Errno.OK))
        {
            throw run.Violate(Promise.NoLoss, Errno.OK.ToString(), attempt.Value.ToString());
        }
    }
}
