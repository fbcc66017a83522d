using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Running;

/*
 * What must hold at the end of every run, once all faults are over: safety under faults first, then heal and demand
 * convergence. The order matters: the scrub mends what no operation met; only then must the disks agree; and what is
 * mounted anew from them must be what the reference holds.
 */

/// <summary>The checks after the last step.</summary>
internal static class ClosingChecks
{
    public static async Task RunAsync(ScenarioRun run)
    {
        run.StepIndex = run.Scenario.Steps.Count;
        SimulatedCluster cluster = run.Cluster;

        run.Doing = "convergence after the last fault";
        run.Faults.Close();
        await run.AwaitInSyncAsync(ScenarioRun.Patience);

        run.Doing = "unmount";
        Succeed(run, await run.OnClientAsync("unmount", () => cluster.Files.UnmountAsync()));

        run.Doing = "scrub";
        ScrubReport first = await run.OnClientAsync("scrub", () => cluster.Array.ScrubAsync());
        if (first.Findings.FirstOrDefault(finding => finding.Kind != ScrubFindingKind.Healed) is { } finding)
        {
            throw run.Violate(
                Promise.NoAmplification, "nothing that cannot be mended", $"{finding.Row} is {finding.Kind}");
        }

        run.Doing = "second scrub";
        ScrubReport second = await run.OnClientAsync("scrub", () => cluster.Array.ScrubAsync());
        if (!second.IsClean)
        {
            throw run.Violate(
                Promise.Convergence,
                "nothing found",
                $"{second.UnverifiedRows} rows unverified; {string.Join(", ", second.Findings.Select(found => $"{found.Row} {found.Kind}"))}");
        }

        CheckParity(run);
        run.Doing = "fsck";
        FsckReport report = await run.OnClientAsync("fsck", () => Fsck.CheckAsync(cluster.Array));
        if (!report.IsClean)
        {
            throw run.Violate(Promise.Soundness, "a clean file system", report.ToString());
        }

        run.Doing = "expectations";
        run.RefreshStatistics();
        foreach (Expectation expectation in run.Scenario.Expect)
        {
            run.Check(expectation);
        }

        await CheckTreeAsync(run);
    }

    /// <summary>Every row, straight from the disks: no damage is left, and the blocks XOR to zero.</summary>
    private static void CheckParity(ScenarioRun run)
    {
        run.Doing = "parity of every row, read from the disks";
        SimulatedCluster cluster = run.Cluster;
        int size = (int)cluster.Shape.Block.Bytes;
        byte[] sum = new byte[size];
        byte[] block = new byte[size];
        for (int row = 0; row < cluster.Shape.Rows; row++)
        {
            sum.AsSpan().Clear();
            for (int server = 0; server < cluster.Servers.Count; server++)
            {
                if (cluster.IsDamaged(server, row, newestOnly: true))
                {
                    throw run.Violate(Promise.Convergence, "no damage after a scrub", $"row {row} is damaged on server {server}");
                }

                if (cluster.Peek(server, row, block))
                {
                    XorInto(sum, block);
                }
            }

            int odd = sum.AsSpan().IndexOfAnyExcept((byte)0);
            if (odd >= 0)
            {
                throw run.Violate(Promise.Convergence, "every row XORs to zero", $"row {row} does not, at byte {odd}");
            }
        }
    }

    private static void XorInto(byte[] sum, byte[] block)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(sum.AsSpan());
        ReadOnlySpan<ulong> others = MemoryMarshal.Cast<byte, ulong>(block.AsSpan());
        for (int i = 0; i < words.Length; i++)
        {
            words[i] ^= others[i];
        }
    }

    /// <summary>A new client opens the array and mounts it: every name, type, size and byte is the reference's.</summary>
    private static async Task CheckTreeAsync(ScenarioRun run)
    {
        run.Doing = "remount by a new client";
        SimulatedCluster cluster = run.Cluster;
        Succeed(run, await run.OnClientAsync("reopen", async () =>
        {
            await cluster.Array.CloseAsync();
            Errno opened = await cluster.OpenArrayAsync();
            return opened == Errno.OK ? await cluster.MountAsync() : opened;
        }));
        foreach ((string path, InodeAttributes attributes) in run.ReferenceFiles.Walk())
        {
            await CompareAsync(run, new Stat { Path = path });
            await CompareAsync(run, attributes.Type == FileType.Directory
                ? new Readdir { Path = path }
                : new Read { Path = path }.Against(run.Reference));
        }

        run.Doing = "unmount";
        Succeed(run, await run.OnClientAsync("close", async () =>
        {
            Errno unmounted = await cluster.Files.UnmountAsync();
            await cluster.Array.CloseAsync();
            return unmounted;
        }));
    }

    private static async Task CompareAsync(ScenarioRun run, FileOperation question)
    {
        run.Doing = question;
        Answer expected = question.ApplyTo(run.Reference);
        Answer actual = await run.OnClientAsync("compare", () => question.ApplyToAsync(run.Cluster.Paths));
        if (actual != expected)
        {
            throw run.Violate(
                actual.Error == Errno.EIO ? Promise.NoLoss : Promise.NeverWrong,
                expected.DescribeAgainst(actual),
                actual.DescribeAgainst(expected));
        }
    }

    private static void Succeed(ScenarioRun run, Errno error)
    {
        if (error != Errno.OK)
        {
            throw run.Violate(Promise.NoLoss, Errno.OK.ToString(), error.ToString());
        }
    }
}
