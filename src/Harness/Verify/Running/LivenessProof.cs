using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Cluster;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>
/// In a run for liveness faults may go beyond one bad unit a row for a while, and all is demanded once they are over. A run that fails to
/// get it says here that it could be had: from the disks, and from the faults that last. Where it could not, the run's faults are to blame,
/// and the failure is one of their budget.
/// </summary>
internal static class LivenessProof
{
    /// <summary>What a violation comes to, if it is one of a demand that faults could have made impossible; any other as it is.</summary>
    public static Violation Judge(ScenarioRun run, Violation violation)
    {
        if (!run.Mode.ProvesItsDemands || !IsDemand(violation.Promise))
        {
            return violation;
        }

        Recoverability left = Of(run);
        return left.Verdict switch
        {
            WhatIsLeft.TooLittle => Blame(violation, left.Reason),
            WhatIsLeft.Squandered => violation with { Actual = $"{violation.Actual}; {left.Reason}" },
            _ => violation with { Actual = $"{violation.Actual}; it could be had: {left.Reason}" },
        };
    }

    /// <summary>Whether what the run's faults have left by now is enough.</summary>
    public static Recoverability Of(ScenarioRun run) =>
        Recoverability.Of([.. Enumerable.Range(0, run.Cluster.Shape.Servers).Select(server => Look(run, server))]);

    /// <summary>
    /// Whether those servers are enough that no fault has touched since a time: whoever opened the array since then had them at least.
    /// </summary>
    public static Recoverability OfQuiet(ScenarioRun run, TimeSpan since)
    {
        int[] loud = [.. Enumerable.Range(0, run.Cluster.Shape.Servers).Where(server => !IsQuiet(server))];
        return loud.Length > 1
            ? new Recoverability(WhatIsLeft.TooLittle, "faults have touched more than one server")
            : Recoverability.Of([.. Enumerable.Range(0, run.Cluster.Shape.Servers)
                .Select(server => Look(run, server))
                .Select((left, server) => loud.Contains(server) ? left with { LostTo = left.LostTo ?? "a fault" } : left)]);

        bool IsQuiet(int server) => run.Cluster.StandingOf(server) is not null && run.Faults.WasQuietSince(since, server);
    }

    /// <summary>The violation of a run whose faults are to blame.</summary>
    public static Violation Blame(Violation violation, string reason) => violation with
    {
        Promise = Promise.Budget,
        Expected = $"the faults leave what is demanded: {violation.Expected}",
        Actual = $"the faults left too little: {reason}; so {violation.Promise.Name} could not be kept: {violation.Actual}",
    };

    /// <summary>Whether a promise is kept only where no row has a second bad unit.</summary>
    private static bool IsDemand(Promise promise) =>
        promise == Promise.Convergence || promise == Promise.NoLoss || promise == Promise.NoAmplification;

    private static MemberLeft Look(ScenarioRun run, int server)
    {
        SimulatedCluster cluster = run.Cluster;
        SimFile slots = cluster.SlotFile(server);
        SimDisk disk = cluster.Servers[server].Disk;
        string? lostTo = run.Faults.HolderOf(server) is { } fault ? $"'{fault.Fault}', which lasts"
            : !cluster.IsAtItsAddress(server) ? "another one at its address"
            : disk.Files.Values.Any(file => file != slots && file.Damages.Count > 0) ? "damage to what it needs to start"
            : null;
        MemberStanding? standing = cluster.IsBlank(server) ? null : SavedDisk.StandingOn(disk.Save());
        return new MemberLeft(
            standing is null ? default : new View(StampOf(standing.View.Epoch, standing.View.Version), new Epoch(standing.View.Decided), new MemberSet(standing.View.Mask)),
            new Epoch(standing?.Self ?? 0),
            standing is { SealedEpoch: > 0 }
                ? new SealedEpoch(StampOf(standing.SealedEpoch, standing.SealedVersion), new MemberSet(standing.SealedMask))
                : null)
        {
            LostTo = lostTo,
            IsBlank = cluster.IsBlank(server),
            DamagedRows = [.. Enumerable.Range(0, cluster.Shape.Rows).Where(row => cluster.IsDamaged(server, row))],
        };
    }

    private static Stamp StampOf(ulong epoch, uint version) => new(new Epoch(epoch), version);
}
