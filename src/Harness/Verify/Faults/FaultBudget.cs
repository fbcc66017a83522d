using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/*
 * Chance that breaks what cannot be survived proves nothing. In a run within the budget no fault may make a second bad
 * unit in a row: a unit is bad from its fault until it is proven mended.
 *
 * The proof is taken from the simulated truth where there is one (the host is up, the disk has no damage there), and
 * from the array only for what it alone knows (a member is in sync again). The end of a fault is not the end of
 * its consequences: a call that it hurt may give its member up a little later. So a member counts as bad for as
 * long as the longest call after the fault's end.
 */

/// <summary>Decides, when a fault is about to strike, whether RAID5 could survive it.</summary>
internal sealed class FaultBudget(SimulatedCluster cluster)
{
    /// <summary>By server: until when the way to it counts as disturbed.</summary>
    private readonly TimeSpan[] _disturbedUntil = new TimeSpan[cluster.Servers.Count];

    /// <summary>By server: until when it counts as bad, whatever its state.</summary>
    private readonly TimeSpan[] _badUntil = new TimeSpan[cluster.Servers.Count];

    private readonly List<(ActiveFault Fault, bool CostsMember)> _open = [];

    /// <returns>Why it may not strike now, or null if it may.</returns>
    public string? Refuse(FaultCost cost)
    {
        Settle();
        switch (cost)
        {
            case FaultCost.Disturbance disturbance:
                return CostsMember(disturbance) ? RefuseMember(disturbance.Server) : null;
            case FaultCost.Member member:
                return RefuseMember(member.Server);
            case FaultCost.Units units:
                for (int other = 0; other < cluster.Servers.Count; other++)
                {
                    if (other != units.Server && IsBad(other))
                    {
                        return $"server {other} is not in sync";
                    }

                    if (other != units.Server && IsDamaged(other, units.FirstRow, units.LastRow))
                    {
                        return $"a block of the same row is damaged on server {other}";
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>Books a fault that struck, so that the next ones are judged with it.</summary>
    public void Book(ActiveFault fault, FaultCost cost)
    {
        bool costsMember = cost is FaultCost.Member || (cost is FaultCost.Disturbance disturbance && CostsMember(disturbance));
        if (costsMember || cost is FaultCost.Disturbance)
        {
            _open.Add((fault, costsMember));
        }
    }

    private bool CostsMember(FaultCost.Disturbance disturbance) => cluster.World.Now < _disturbedUntil[disturbance.Server];

    /// <summary>Follows the faults that are over: their consequences last a little longer.</summary>
    private void Settle()
    {
        foreach ((ActiveFault fault, bool costsMember) in _open)
        {
            TimeSpan calm = (fault.EndedAt ?? cluster.World.Now) + cluster.LongestCall;
            _disturbedUntil[fault.Server] = calm;
            if (costsMember)
            {
                _badUntil[fault.Server] = calm;
            }
        }

        _open.RemoveAll(static booked => booked.Fault.IsOver);
    }

    private string? RefuseMember(int server)
    {
        for (int other = 0; other < cluster.Servers.Count; other++)
        {
            if (other != server && IsBad(other))
            {
                return $"server {other} is not in sync";
            }

            if (other != server && IsDamaged(other, 0, cluster.Shape.Rows - 1))
            {
                return $"a block is damaged on server {other}";
            }
        }

        return null;
    }

    private bool IsBad(int server)
    {
        Host host = cluster.Servers[server];
        return !host.IsUp
            || cluster.World.Now < _badUntil[server]
            || cluster.Array.Status.Members[server].State != MemberState.InSync;
    }

    private bool IsDamaged(int server, int firstRow, int lastRow)
    {
        for (int row = firstRow; row <= lastRow; row++)
        {
            if (cluster.IsDamaged(server, row))
            {
                return true;
            }
        }

        return false;
    }
}
