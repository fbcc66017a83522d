using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Running;
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
 *
 * A client that crashes may leave one member behind: recovery keeps an epoch that all but one have. Which one, only the
 * next client knows, once it has opened the array. So while there is none, no block may be damaged; and while it is
 * opening the array, no member that it counts on may go. (One that is away before it opens is the one that is behind.)
 */

/// <summary>Decides, when a fault is about to strike, whether RAID5 could survive it, as far as the run's mode cares.</summary>
internal sealed class FaultBudget(SimulatedCluster cluster, Mode mode)
{
    /// <summary>By server: until when the way to it counts as disturbed.</summary>
    private readonly TimeSpan[] _disturbedUntil = new TimeSpan[cluster.Servers.Count];

    /// <summary>By server: until when it counts as bad, whatever its state.</summary>
    private readonly TimeSpan[] _badUntil = new TimeSpan[cluster.Servers.Count];

    private readonly List<(ActiveFault Fault, int Server, bool CostsMember)> _open = [];

    /// <returns>Why it may not strike now, or null if it may.</returns>
    public string? Refuse(FaultCost cost)
    {
        Settle();
        return cost switch
        {
            FaultCost.Disturbance disturbance => CostsMember(disturbance) ? RefuseMember(disturbance.Server) : null,
            FaultCost.Member member => RefuseMember(member.Server),
            FaultCost.Units units => mode.SparesDamagedRows ? RefuseUnits(units) : null,
            FaultCost.Straggler => mode.SparesDamagedRows ? RefuseBeside(null) : null,
            _ => null,
        };
    }

    /// <summary>Books a fault that struck, so that the next ones are judged with it.</summary>
    public void Book(ActiveFault fault, FaultCost cost)
    {
        if (cost is FaultCost.Member member)
        {
            _open.Add((fault, member.Server, true));
        }
        else if (cost is FaultCost.Disturbance disturbance)
        {
            _open.Add((fault, disturbance.Server, CostsMember(disturbance)));
        }
    }

    private bool CostsMember(FaultCost.Disturbance disturbance) => cluster.World.Now < _disturbedUntil[disturbance.Server];

    /// <summary>Follows the faults that are over: their consequences last a little longer.</summary>
    private void Settle()
    {
        foreach ((ActiveFault fault, int server, bool costsMember) in _open)
        {
            TimeSpan calm = (fault.EndedAt ?? cluster.World.Now) + cluster.LongestCall;
            _disturbedUntil[server] = calm;
            if (costsMember)
            {
                _badUntil[server] = calm;
            }
        }

        _open.RemoveAll(static booked => booked.Fault.IsOver);
    }

    private string? RefuseMember(int server)
    {
        if (mode.SparesSecondMember)
        {
            if (OtherThatIsBad(server) is { } other)
            {
                return $"server {other} is not in sync";
            }

            if (cluster.IsOpening && !IsBad(server))
            {
                return "a client is opening the array, and may count on this server";
            }
        }

        return mode.SparesDamagedRows ? RefuseBeside(server) : null;
    }

    private string? RefuseUnits(FaultCost.Units units)
    {
        if (OtherThatIsBad(units.Server) is { } other)
        {
            return $"server {other} is not in sync";
        }

        if (!cluster.IsOpen)
        {
            return "the client that crashed may have left a server behind";
        }

        return OtherThatIs(units.Server, damaged => IsDamaged(damaged, units.FirstRow, units.LastRow)) is { } second
            ? $"a block of the same row is damaged on server {second}"
            : null;
    }

    /// <summary>A member, or any if null, may miss writes only if no block is damaged elsewhere.</summary>
    private string? RefuseBeside(int? server) =>
        OtherThatIs(server, damaged => IsDamaged(damaged, 0, cluster.Shape.Rows - 1)) is { } other
            ? $"a block is damaged on server {other}"
            : null;

    private int? OtherThatIsBad(int server) => OtherThatIs(server, IsBad);

    private int? OtherThatIs(int? server, Func<int, bool> condition)
    {
        for (int other = 0; other < cluster.Servers.Count; other++)
        {
            if (other != server && condition(other))
            {
                return other;
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
