namespace Raid5Verify.Simulation;

/// <summary>What a rule says of a packet.</summary>
public enum Verdict
{
    /// <summary>Ask the next rule; the last one's pass sends the packet.</summary>
    Pass,

    /// <summary>It is lost.</summary>
    Drop,

    /// <summary>It is kept until the rule is removed, then sent.</summary>
    Hold,
}

/// <summary>
/// A behaviour of the network that is added to a world and removed again. Each packet is shown to the rules in the order
/// they were added, when it is sent; the first that does not pass decides.
/// </summary>
/// <remarks>A rule belongs to one world. Hosts left null match every host.</remarks>
public abstract class LinkRule
{
    /// <summary>Only packets from this host; null for any.</summary>
    public Host? From { get; init; }

    /// <summary>Only packets to this host; null for any.</summary>
    public Host? To { get; init; }

    /// <summary>Also packets the other way round.</summary>
    public bool BothWays { get; init; }

    /// <summary>Only packets of this kind; null for any.</summary>
    public PacketKind? Kind { get; init; }

    /// <summary>Only packets of calls of this gRPC method, such as <c>/package.Service/Method</c>; null for any.</summary>
    public string? Method { get; init; }

    /// <summary>How many packets it has acted upon. A rule that met none has tested nothing.</summary>
    public long Met { get; private set; }

    internal int Number { get; set; }

    internal Label Name { get; set; } = new("rule");

    internal Dice? Dice { get; set; }

    internal List<Packet> Held { get; } = [];

    internal bool Matches(Packet packet) =>
        (Kind is null || Kind == packet.Kind)
        && (Method is null || Method == packet.Method)
        && (Matches(packet.From, packet.To) || (BothWays && Matches(packet.To, packet.From)));

    internal Verdict Apply(Packet packet)
    {
        var verdict = Judge(packet, Dice!);
        if (verdict != Verdict.Pass)
        {
            Met++;
        }

        return verdict;
    }

    /// <summary>Decides, and may change the packet's delay, copies or payload; then <see cref="Touch"/> counts it.</summary>
    protected abstract Verdict Judge(Packet packet, Dice dice);

    /// <summary>Counts a packet that was changed but passes.</summary>
    protected void Touch() => Met++;

    private bool Matches(Host from, Host to) => (From is null || From == from) && (To is null || To == to);
}

/// <summary>Loses packets: all (a partition), a share of them, or the next few.</summary>
public sealed class LossRule : LinkRule
{
    /// <summary>Packets lost out of <see cref="OutOf"/>. Default: all.</summary>
    public uint Numerator { get; init; } = 1;

    public uint OutOf { get; init; } = 1;

    /// <summary>Ends the losing after so many; null for never.</summary>
    public long? AtMost { get; init; }

    protected override Verdict Judge(Packet packet, Dice dice) =>
        (AtMost is null || Met < AtMost) && dice.Chance(Numerator, OutOf) ? Verdict.Drop : Verdict.Pass;
}

/// <summary>Keeps packets back until the rule is removed: a clogged link.</summary>
public sealed class ClogRule : LinkRule
{
    protected override Verdict Judge(Packet packet, Dice dice) => Verdict.Hold;
}

/// <summary>
/// Keeps a copy of the next packet until the rule is removed; the packet itself goes on. The copy then meets whatever state the
/// world has come to.
/// </summary>
public sealed class StrayCopyRule : LinkRule
{
    protected override Verdict Judge(Packet packet, Dice dice)
    {
        if (Met == 0)
        {
            Held.Add(packet.Copy(TimeSpan.Zero));
            Touch();
        }

        return Verdict.Pass;
    }
}

/// <summary>Keeps the next packet back until the rule is removed; those after it go on, and overtake it.</summary>
public sealed class HoldNextRule : LinkRule
{
    protected override Verdict Judge(Packet packet, Dice dice) => Met == 0 ? Verdict.Hold : Verdict.Pass;
}

/// <summary>Delays packets, each by its own draw: slow links, and reordering.</summary>
public sealed class DelayRule : LinkRule
{
    public required TimeSpan Min { get; init; }

    public required TimeSpan Max { get; init; }

    protected override Verdict Judge(Packet packet, Dice dice)
    {
        packet.ExtraDelay += dice.Between(Min, Max);
        Touch();
        return Verdict.Pass;
    }
}

/// <summary>
/// Delivers requests and replies twice. The copy has a latency of its own, and may lag so far behind that it meets
/// another state of the world: a newer write, or another life of its receiver.
/// </summary>
public sealed class DuplicateRule : LinkRule
{
    /// <summary>The most that a copy comes later; each draws its own lag. Default: only its latency differs.</summary>
    public TimeSpan MaxLag { get; init; }

    public uint Numerator { get; init; } = 1;

    public uint OutOf { get; init; } = 1;

    protected override Verdict Judge(Packet packet, Dice dice)
    {
        if (packet.Kind is PacketKind.Request or PacketKind.Reply && dice.Chance(Numerator, OutOf))
        {
            packet.Duplicate(dice.Between(TimeSpan.Zero, MaxLag));
            Touch();
        }

        return Verdict.Pass;
    }
}

/// <summary>Flips one bit of a message.</summary>
public sealed class FlipRule : LinkRule
{
    public uint Numerator { get; init; } = 1;

    public uint OutOf { get; init; } = 1;

    /// <summary>Ends the flipping after so many; null for never.</summary>
    public long? AtMost { get; init; }

    protected override Verdict Judge(Packet packet, Dice dice)
    {
        if (packet.Payload.Length > 0 && (AtMost is null || Met < AtMost) && dice.Chance(Numerator, OutOf))
        {
            var bit = dice.NextInt64(packet.Payload.Length * 8L);
            var damaged = packet.Payload.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            packet.Payload = damaged;
            Touch();
        }

        return Verdict.Pass;
    }
}

/// <summary>
/// Narrow links: packets go through one at a time, each for as long as its message takes, and those behind wait. Every
/// direction between two hosts has a queue of its own.
/// </summary>
/// <remarks>
/// The link's latency comes on top, so that packets which take less time than latencies differ may still overtake each other.
/// A packet without a message takes no time, but waits like any other. What a <see cref="DuplicateRule"/> adds is not
/// counted; what a rule behind this one loses is. Packets that are under way when the rule is removed arrive when they
/// would have.
/// </remarks>
public sealed class BandwidthRule : LinkRule
{
    private readonly Dictionary<(int From, int To), long> _freeAtNs = [];

    /// <summary>Of messages; at least 1.</summary>
    public required long BytesPerSecond
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    /// <summary>How long the longest queue still takes at a moment.</summary>
    public TimeSpan BacklogAt(TimeSpan now)
    {
        var latest = _freeAtNs.Count == 0 ? 0 : _freeAtNs.Values.Max();
        return VirtualTime.FromNs(Math.Max(0, latest - VirtualTime.ToNs(now)));
    }

    protected override Verdict Judge(Packet packet, Dice dice)
    {
        var link = (packet.From.Index, packet.To.Index);
        var now = packet.From.World.NowNs;
        var begins = Math.Max(now, _freeAtNs.GetValueOrDefault(link));
        var ends = begins + (long)((Int128)packet.Payload.Length * 1_000_000_000 / BytesPerSecond);
        _freeAtNs[link] = ends;
        if (ends > now)
        {
            packet.ExtraDelay += VirtualTime.FromNs(ends - now);
            Touch();
        }

        return Verdict.Pass;
    }
}
