using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Faults;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Coverage;

/*
 * Notes which states a run is in, from what the simulation shows anyway: the product knows nothing of it.
 *
 * A message is told of when something becomes of it; what is true of members and faults then is looked at a few times a millisecond, not
 * for each of many messages that are sent at once. A fault is felt from when it strikes until the longest call after its end: calls
 * that it hurt end that much later, and what happens in an instant would never be there otherwise.
 */

/// <summary>Watches one run.</summary>
internal sealed class StateObserver : ITrafficObserver
{
    /// <summary>How old what is known may be.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMicroseconds(200);

    private readonly List<FeltFault> _felt = [];
    private readonly List<int> _kinds = [];
    private ScenarioRun? _run;
    private MemberCondition[] _conditions = [];
    private TimeSpan _lookedAt = -Freshness;
    private TimeSpan _echo;
    private int _struck;

    /// <summary>Where the run has been so far.</summary>
    public StateSet Reached { get; } = new();

    private SimulatedCluster Cluster => _run!.Cluster;

    /// <summary>Begins to watch.</summary>
    public void Watch(ScenarioRun run)
    {
        _run = run;
        _conditions = new MemberCondition[run.Cluster.Servers.Count];
        _echo = run.Cluster.LongestCall;
    }

    public void At(Packet packet, PacketFate fate)
    {
        // That it was sent says nothing which its end does not say. What is said to a stranger is about no row.
        if (fate == PacketFate.Sent || _run is null || PlaceOf(packet) is not (>= 0 and int member) || StateSpace.PhaseOf(packet, fate) is not (>= 0 and int phase))
        {
            return;
        }

        if (Cluster.World.Now - _lookedAt >= Freshness || _run.Faults.Struck.Count != _struck)
        {
            Look();
        }

        RestOfRow others = OthersThan(member);
        foreach (int fault in _kinds)
        {
            Reached.Add(StateSpace.NumberOf(phase, _conditions[member], others, fault));
        }
    }

    private int PlaceOf(Packet packet) => PlaceOf(packet.To) is >= 0 and int place ? place : PlaceOf(packet.From);

    private int PlaceOf(Host host)
    {
        IReadOnlyList<Host> servers = Cluster.Servers;
        int place = host.Index - servers[0].Index;
        return place >= 0 && place < servers.Count ? place : -1;
    }

    private void Look()
    {
        _lookedAt = Cluster.World.Now;
        ArrayStatus? status = Cluster.Array?.Status;
        for (int place = 0; place < _conditions.Length; place++)
        {
            Host host = Cluster.Servers[place];
            _conditions[place] =
                !host.IsUp || host.IsPaused || !Cluster.IsAtItsAddress(place) ? MemberCondition.Away
                : status is not null && status.Members[place].State != MemberState.InSync ? MemberCondition.Behind
                : Cluster.SlotFile(place) is { Damages.Count: > 0 } ? MemberCondition.Damaged
                : MemberCondition.Good;
        }

        LookAtFaults();
    }

    private void LookAtFaults()
    {
        for (IReadOnlyList<ActiveFault> all = _run!.Faults.Struck; _struck < all.Count; _struck++)
        {
            _felt.Add(new FeltFault(all[_struck], StateSpace.FaultOf(all[_struck].Fault.GetType())) { Until = _lookedAt + _echo });
        }

        _kinds.Clear();
        _felt.RemoveAll(felt => !IsFelt(felt));
        foreach (FeltFault felt in _felt)
        {
            if (!_kinds.Contains(felt.Kind))
            {
                _kinds.Add(felt.Kind);
            }
        }

        if (_kinds.Count == 0)
        {
            _kinds.Add(0);
        }
    }

    private bool IsFelt(FeltFault felt)
    {
        if (!felt.Fault.IsOver)
        {
            felt.Until = _lookedAt + _echo;
        }

        return _lookedAt < felt.Until;
    }

    private RestOfRow OthersThan(int member)
    {
        RestOfRow rest = RestOfRow.Good;
        for (int place = 0; place < _conditions.Length; place++)
        {
            if (place != member && _conditions[place] != MemberCondition.Good)
            {
                rest = rest != RestOfRow.Good ? RestOfRow.Several : (RestOfRow)_conditions[place];
            }
        }

        return rest;
    }

    private sealed class FeltFault(ActiveFault fault, int kind)
    {
        public ActiveFault Fault { get; } = fault;

        public int Kind { get; } = kind;

        public TimeSpan Until { get; set; }
    }
}
