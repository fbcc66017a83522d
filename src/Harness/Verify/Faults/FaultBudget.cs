using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Running;

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
 * What is hidden is worse than what is away. Of a member that is away, blank or behind, the array knows that it may not
 * count on it. A disk that lies shows nothing before a block is read, or before the member starts anew: until then the
 * array counts on it like on any other. So as long as there is such a disk, no other unit of any row may be bad, and no
 * client may crash. Once the member has started anew it is bad as long as it is not proven in sync: by what it says of
 * itself, not by what the client believes, for one that is idle notices nothing.
 *
 * A client that crashes may leave one member behind: recovery keeps an epoch that all but one have. Which one, only the
 * next client knows, once it has opened the array. So while there is none, no block may be damaged; and while it is
 * opening the array, no member that it counts on may go. (One that is away before it opens is the one that is behind.) If it ends
 * while it opens the array, it may have begun to record that another one is behind: while that record is on its way no member may go
 * but the one that lacks what it decides, and afterwards none without which that decision is found and its blocks are not. One
 * that may go at any moment, or that comes and goes, is worse: as long as there is such a one, no client may crash.
 */

/// <summary>Decides, when a fault is about to strike, whether RAID5 could survive it, as far as the run's mode cares.</summary>
internal sealed class FaultBudget(SimulatedCluster cluster, Mode mode)
{
    private const int Nobody = -1;

    /// <summary>By server: until when the way to it counts as disturbed.</summary>
    private readonly TimeSpan[] _disturbedUntil = new TimeSpan[cluster.Servers.Count];

    /// <summary>By server: until when it counts as bad, whatever its state.</summary>
    private readonly TimeSpan[] _badUntil = new TimeSpan[cluster.Servers.Count];

    /// <summary>By server: until when any unit of it may turn out to be bad.</summary>
    private readonly TimeSpan[] _hiddenUntil = new TimeSpan[cluster.Servers.Count];

    /// <summary>By server: it was bad, and is not yet proven to be what the array counts on.</summary>
    private readonly bool[] _isUnproven = new bool[cluster.Servers.Count];

    private readonly List<Booking> _open = [];

    /// <summary>What a booked fault makes of its server.</summary>
    private enum Weight
    {
        Disturbance,
        Member,
        RestlessMember,
        Hidden,
        Straggler,
    }

    /// <returns>Why it may not strike now, or null if it may.</returns>
    public string? Refuse(FaultCost cost)
    {
        Settle();
        return cost switch
        {
            FaultCost.Disturbance disturbance => CostsMember(disturbance.Server) ? RefuseMember(disturbance.Server) : null,
            FaultCost.Disturbances disturbances => RefuseMembers([.. disturbances.Servers.Where(CostsMember)]),
            FaultCost.Member member => (member.IsRestless ? RefuseRestless() : null) ?? RefuseMember(member.Server),
            FaultCost.Members members => RefuseMembers(members.Servers),
            FaultCost.Units units => mode.SparesDamagedRows ? RefuseUnits(units) : null,
            FaultCost.Hidden hidden => RefuseHidden(hidden),
            FaultCost.Straggler => RefuseCrashOfClient(),
            _ => null,
        };
    }

    /// <summary>Books a fault that struck, so that the next ones are judged with it.</summary>
    public void Book(ActiveFault fault, FaultCost cost)
    {
        switch (cost)
        {
            case FaultCost.Disturbance disturbance:
                Book(fault, disturbance.Server, CostsMember(disturbance.Server) ? Weight.Member : Weight.Disturbance);
                break;
            case FaultCost.Disturbances disturbances:
                foreach (int server in disturbances.Servers)
                {
                    Book(fault, server, CostsMember(server) ? Weight.Member : Weight.Disturbance);
                }

                break;
            case FaultCost.Member member:
                Book(fault, member.Server, member.IsRestless ? Weight.RestlessMember : Weight.Member);
                break;
            case FaultCost.Members members:
                foreach (int server in members.Servers)
                {
                    Book(fault, server, Weight.Member);
                }

                break;
            case FaultCost.Hidden hidden:
                Book(fault, hidden.Server, Weight.Hidden);
                break;
            case FaultCost.Straggler:
                Book(fault, Nobody, Weight.Straggler);
                break;
        }
    }

    /// <summary>The fault that keeps a server, or the way to it, from doing its work now; null if there is none.</summary>
    public ActiveFault? HolderOf(int server) => _open.Find(booked =>
        booked.Server == server
        && booked.Weight is Weight.Member or Weight.RestlessMember or Weight.Disturbance
        && booked.Fault is { IsOver: false, IsArmed: false }).Fault;

    /// <summary>Whether no fault has kept a server, or the way to it, from doing its work since a time, nor could its echo have.</summary>
    public bool WasQuietSince(TimeSpan time, int server)
    {
        Settle();
        return _disturbedUntil[server] <= time && !_open.Exists(booked => booked.Server == server);
    }

    private void Book(ActiveFault fault, int server, Weight weight)
    {
        _open.Add(new Booking(fault, server, weight));
        if (weight is Weight.Member or Weight.RestlessMember or Weight.Hidden)
        {
            _isUnproven[server] = true;
        }
    }

    private bool IsCrashOfClientArmed =>
        _open.Exists(booked => booked.Weight == Weight.Straggler && booked.Fault.IsArmed);

    private bool CostsMember(int server) => cluster.World.Now < _disturbedUntil[server];

    /// <summary>Follows the faults that are over: their consequences last a little longer.</summary>
    private void Settle()
    {
        foreach (Booking booked in _open.Where(booked => booked.Weight != Weight.Straggler))
        {
            TimeSpan calm = (booked.Fault.GoneAt ?? cluster.World.Now) + cluster.LongestCall + booked.Fault.Echo;
            Extend(_disturbedUntil, booked.Server, calm);
            if (booked.Weight is Weight.Member or Weight.RestlessMember)
            {
                Extend(_badUntil, booked.Server, calm);
            }
            else if (booked.Weight == Weight.Hidden)
            {
                Extend(_hiddenUntil, booked.Server, calm);
            }
        }

        _open.RemoveAll(static booked => booked.Fault.GoneAt is not null);
        for (int server = 0; server < _isUnproven.Length; server++)
        {
            bool isQuiet = cluster.World.Now >= _badUntil[server] && cluster.World.Now >= _hiddenUntil[server];
            _isUnproven[server] = _isUnproven[server] && !(isQuiet && IsSeenInSync(server) && cluster.HoldsAll(server));
        }
    }

    /// <summary>Of two faults of one server the one that is felt longer counts, whichever ends first.</summary>
    private static void Extend(TimeSpan[] until, int server, TimeSpan time) =>
        until[server] = time > until[server] ? time : until[server];

    private string? RefuseCrashOfClient()
    {
        if (mode.SparesSecondMember && _open.Find(booked => booked.Weight == Weight.RestlessMember) is { Fault: not null } restless)
        {
            return $"server {restless.Server} may go while the next client opens the array";
        }

        return mode.SparesDamagedRows ? RefuseBeside(null) : null;
    }

    private string? RefuseRestless() => mode.SparesSecondMember && (!cluster.IsOpen || IsCrashOfClientArmed)
        ? "the next client may count on this server while it opens the array"
        : null;

    private string? RefuseMembers(IReadOnlyList<int> servers) =>
        servers.Count > 1 && mode.SparesSecondMember
            ? $"servers {string.Join(" and ", servers)} would be bad at once"
            : servers.Select(RefuseMember).FirstOrDefault(reason => reason is not null);

    private string? RefuseMember(int server)
    {
        if (mode.SparesSecondMember)
        {
            if (OtherThatIsBad(server) is { } other)
            {
                return $"server {other} is not in sync";
            }

            if (cluster.IsOpening && !IsAway(server))
            {
                return "a client is opening the array, and may count on this server";
            }

            if (!cluster.IsOpen && FindBehind(server) is { } behind)
            {
                return $"a client that opened the array may have left server {behind} behind";
            }
        }

        return mode.SparesDamagedRows ? RefuseBeside(server) : null;
    }

    /// <summary>
    /// While no client has the array open: a server that lacks what the others, without one of them, have been told by a recovery that was
    /// cut short, or may yet be. A link that is disturbed may bring that late.
    /// </summary>
    private int? FindBehind(int without)
    {
        if (cluster.Session.Array is null && cluster.FindBehind(without, mayDecide: true) is { } behind)
        {
            TimeSpan calm = (cluster.Session.EndedAt ?? cluster.World.Now) + cluster.ArrayOptions.AttemptTimeout;
            bool isOnItsWay = cluster.World.Now < calm
                || Enumerable.Range(0, cluster.Servers.Count).Any(told => told != without && told != behind && CostsMember(told));
            if (isOnItsWay)
            {
                return behind;
            }
        }

        return cluster.FindBehind(without, mayDecide: false);
    }

    /// <summary>
    /// One member that forgot what it sealed says of itself what one says that never sealed it. If another one is away as
    /// well, the rest cannot tell whether that was acknowledged: no system could. So it is no fault for a run without a budget.
    /// </summary>
    private string? RefuseHidden(FaultCost.Hidden hidden) =>
        mode.SparesDamagedRows ? RefuseUnits(new FaultCost.Units(hidden.Server, 0, cluster.Shape.Rows - 1))
        : hidden.Forgets ? "what a server forgets without a trace can be found out only if no other one is away"
        : null;

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

        if (IsCrashOfClientArmed)
        {
            return "a client is about to crash, and may leave a server behind";
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

    private bool IsBad(int server) => _isUnproven[server] || IsAway(server);

    /// <summary>Whether the client, if it opens the array now, will not count on it.</summary>
    private bool IsAway(int server) =>
        !cluster.Servers[server].IsUp || cluster.World.Now < _badUntil[server] || !IsSeenInSync(server);

    private bool IsSeenInSync(int server) => cluster.Array.Status.Members[server].State == MemberState.InSync;

    private bool IsDamaged(int server, int firstRow, int lastRow)
    {
        if (cluster.World.Now < _hiddenUntil[server])
        {
            return true;
        }

        for (int row = firstRow; row <= lastRow; row++)
        {
            if (cluster.IsDamaged(server, row))
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Booking(ActiveFault Fault, int Server, Weight Weight);
}
