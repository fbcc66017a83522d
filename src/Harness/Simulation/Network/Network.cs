using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>
/// The network between the hosts: carries packets with latency, and does to them what its rules say.
/// </summary>
/// <remarks>
/// Packets of one link overtake each other as their latencies fall: nothing above may count on an order that separate
/// calls do not have on a real network either.
/// </remarks>
public sealed class Network
{
    private static readonly Status Refused = new(StatusCode.Unavailable, "connection refused or reset");

    private readonly World _world;
    private readonly Dice _dice;
    private readonly List<LinkRule> _rules = [];
    private readonly Dictionary<(int From, int To), Link> _links = [];
    private readonly Dictionary<string, MethodLabels> _methods = [];
    private readonly Dictionary<long, RpcCall> _openCalls = [];
    private long _nextCallId;
    private int _nextRule;

    internal Network(World world)
    {
        _world = world;
        _dice = world.Dice.Fork("net");
    }

    /// <summary>Packets sent so far, copies not counted.</summary>
    public long PacketsSent { get; private set; }

    /// <summary>Calls begun so far.</summary>
    public long Calls => _nextCallId;

    internal MessageWriter Writer { get; } = new();

    internal MessageReader Reader { get; } = new();

    internal IEnumerable<RpcCall> OpenCalls => _openCalls.Values.OrderBy(static call => call.Id);

    /// <summary>Adds a rule behind those that are there.</summary>
    /// <param name="rule">A new one, in this world only.</param>
    /// <param name="name">Names it in the trace; its dice are forked by it.</param>
    /// <returns>The rule, for <see cref="Remove"/>.</returns>
    public T Add<T>(T rule, string name)
        where T : LinkRule
    {
        _world.RequireSimulationThread("a network rule");
        _world.Require(rule.Dice is null, $"the rule {name} is in use already");
        rule.Number = ++_nextRule;
        rule.Name = new Label(name);
        rule.Dice = _dice.Fork($"{name}#{rule.Number}");
        _rules.Add(rule);
        _world.Trace.Emit(TraceKind.RuleAdded, null, rule.Name, rule.Number);
        return rule;
    }

    /// <summary>
    /// Takes a rule out; the packets it held go on now, past the rules behind it, each with a latency of its own.
    /// </summary>
    public void Remove(LinkRule rule)
    {
        _world.RequireSimulationThread("a network rule");
        var place = _rules.IndexOf(rule);
        if (place >= 0)
        {
            _rules.RemoveAt(place);
            _world.Trace.Emit(TraceKind.RuleRemoved, null, rule.Name, rule.Number);
            foreach (var packet in rule.Held)
            {
                Route(packet, place);
            }

            rule.Held.Clear();
        }
    }

    /// <summary>Takes all rules out.</summary>
    public void Heal()
    {
        foreach (var rule in _rules.ToArray())
        {
            Remove(rule);
        }
    }

    /// <summary>Gives one direction between two hosts a latency of its own instead of the world's.</summary>
    public void SetLatency(Host from, Host to, Latency latency) => LinkOf(from, to).Latency = latency;

    /// <summary>Cuts the connections between two hosts: all their open calls end as Unavailable, on both sides, at once.</summary>
    /// <returns>How many calls it hit.</returns>
    public int Reset(Host one, Host other)
    {
        _world.RequireSimulationThread("a connection reset");
        var hit = OpenCalls.Where(call => Between(call, one, other)).ToArray();
        foreach (var call in hit)
        {
            TraceEnd(call, Refused);
            foreach (var handler in call.Handlers)
            {
                handler.Cancel();
            }

            call.End(Refused, []);
        }

        return hit.Length;
    }

    internal long NextCallId() => ++_nextCallId;

    internal MethodLabels LabelsOf(string method)
    {
        if (!_methods.TryGetValue(method, out var labels))
        {
            labels = new MethodLabels(method);
            _methods.Add(method, labels);
        }

        return labels;
    }

    internal void Opened(RpcCall call) => _openCalls.Add(call.Id, call);

    internal void Close(RpcCall call) => _openCalls.Remove(call.Id);

    internal void TraceEnd(RpcCall call, Status status) => _world.Trace.Emit(
        TraceKind.CallEnded, call.Client.Host, call.Method, call.Id, detail: new Label(status.StatusCode.ToString()));

    internal void Send(Host from, Host to, PacketKind kind, RpcCall call, byte[] payload, Status status = default)
    {
        // A machine whose program is down still resets calls, but there is nothing left on it to crash.
        var life = from.IsUp ? from.Life : null;
        var what = call.Labels.Of(kind);
        if (life is not null && !life.Passes(CrashMoment.Before, CrashPointKind.Send, what, length: payload.Length))
        {
            return;
        }

        var packet = new Packet(LinkOf(from, to), kind, call, payload) { Status = status };
        PacketsSent++;
        packet.Cause = _world.Trace.Emit(
            TraceKind.PacketSent,
            from,
            packet.Link.Label,
            call.Id,
            payload.Length,
            packet.PayloadHash,
            what);
        Tell(packet, PacketFate.Sent);
        Route(packet, 0);
        life?.Passes(CrashMoment.After, CrashPointKind.Send, what, length: payload.Length);
    }

    internal void HostCrashed(Host host, CrashKind kind)
    {
        foreach (var call in OpenCalls.ToArray())
        {
            if (call.Client.Host == host)
            {
                call.End(Refused, []);
                if (kind == CrashKind.Process)
                {
                    Send(host, call.Server, PacketKind.Cancel, call, []);
                }
            }
            else if (call.Server == host && kind == CrashKind.Process)
            {
                Send(host, call.Client.Host, PacketKind.Reset, call, [], Refused);
            }
        }
    }

    private static bool Between(RpcCall call, Host one, Host other) =>
        (call.Client.Host == one && call.Server == other) || (call.Client.Host == other && call.Server == one);

    private void Emit(TraceKind kind, Packet packet, LinkRule rule, PacketFate fate)
    {
        _world.Trace.Emit(
            kind, packet.From, packet.Link.Label, packet.Call.Id, rule.Number, detail: packet.Call.Labels.Of(packet.Kind));
        Tell(packet, fate);
    }

    private void Tell(Packet packet, PacketFate fate) => _world.Options.Traffic?.At(packet, fate);

    /// <summary>Shows a packet to the rules from one on, and sends it if they let it.</summary>
    private void Route(Packet packet, int firstRule)
    {
        for (var i = firstRule; i < _rules.Count; i++)
        {
            var rule = _rules[i];
            if (!rule.Matches(packet))
            {
                continue;
            }

            var before = packet.Payload;
            switch (rule.Apply(packet))
            {
                case Verdict.Drop:
                    Emit(TraceKind.PacketDropped, packet, rule, PacketFate.Dropped);
                    return;
                case Verdict.Hold:
                    Emit(TraceKind.PacketHeld, packet, rule, PacketFate.Held);
                    rule.Held.Add(packet);
                    return;
                default:
                    if (before != packet.Payload)
                    {
                        Emit(TraceKind.PacketFlipped, packet, rule, PacketFate.Flipped);
                    }

                    break;
            }
        }

        if (packet.Copies is { } lags)
        {
            lags.ForEach(lag => Schedule(packet.Copy(lag)));
        }

        Schedule(packet);
    }

    private Link LinkOf(Host from, Host to)
    {
        if (!_links.TryGetValue((from.Index, to.Index), out var link))
        {
            link = new Link(from, to, _dice.Fork($"{from.Name}>{to.Name}"), _world.Options.NetworkLatency);
            _links.Add((from.Index, to.Index), link);
        }

        return link;
    }

    private void Schedule(Packet packet)
    {
        var delay = _world.Scheduler.HoldNs(packet) + packet.Link.Latency.DrawNs(packet.Link.Dice) + VirtualTime.ToNs(packet.ExtraDelay);
        _world.Events.Add(new Delivery(this, packet), _world.NowNs + delay);
    }

    private void Deliver(Packet packet)
    {
        var trace = _world.Trace;
        var life = packet.To.IsUp ? packet.To.Life : null;
        var what = packet.Call.Labels.Of(packet.Kind);
        trace.Cause = packet.Cause;
        trace.Cause = trace.Emit(
            TraceKind.PacketDelivered,
            packet.To,
            packet.Link.Label,
            packet.Call.Id,
            packet.Payload.Length,
            packet.PayloadHash,
            what);
        Tell(packet, PacketFate.Delivered);
        if (life is not null && !life.Passes(CrashMoment.Before, CrashPointKind.Receive, what, length: packet.Payload.Length))
        {
            return;
        }

        switch (packet.Kind)
        {
            case PacketKind.Request:
                DeliverRequest(packet);
                break;
            case PacketKind.Cancel:
                foreach (var handler in packet.Call.Handlers)
                {
                    handler.Cancel();
                }

                break;
            default:
                packet.Call.End(packet.Status, packet.Payload);
                break;
        }

        life?.Passes(CrashMoment.After, CrashPointKind.Receive, what, length: packet.Payload.Length);
    }

    private void DeliverRequest(Packet packet)
    {
        var host = packet.To;
        if (host.IsUp)
        {
            if (!host.Life!.Services.Dispatch(packet))
            {
                // The program is up but does not listen yet.
                Send(host, packet.From, PacketKind.Reset, packet.Call, [], Refused);
            }
        }
        else if (!host.IsLost && host.LastCrash == CrashKind.Process)
        {
            Send(host, packet.From, PacketKind.Reset, packet.Call, [], Refused);
        }
    }

    private sealed class Delivery(Network network, Packet packet) : TimedEvent
    {
        internal override void Fire() => network.Deliver(packet);
    }
}
