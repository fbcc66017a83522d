using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A fault that has struck.</summary>
internal abstract class ActiveFault(World world, Fault fault)
{
    private TimeSpan? _goneAt;

    protected World World { get; } = world;

    /// <summary>The step it came from.</summary>
    public Fault Fault { get; } = fault;

    /// <summary>Whether the system has run into it by now.</summary>
    public abstract bool IsMet { get; }

    /// <summary>When it was taken away, by <see cref="End"/>; null if it was not.</summary>
    public TimeSpan? EndedAt { get; private set; }

    /// <summary>Whether it can do nothing any more: taken away, mended, or used up.</summary>
    public bool IsOver => EndedAt is not null || IsUsedUp;

    /// <summary>Since when nothing of it is left that could do harm, as far as was looked; null if something is.</summary>
    public TimeSpan? GoneAt => _goneAt ??= FindGone();

    /// <summary>Whether it is still to strike by itself.</summary>
    public virtual bool IsArmed => false;

    /// <summary>How much longer than other faults it is felt after its end.</summary>
    public virtual TimeSpan Echo => TimeSpan.Zero;

    /// <summary>The same, looked at now: most can do no harm once they are over.</summary>
    protected virtual TimeSpan? FindGone() => EndedAt ?? (IsUsedUp ? World.Now : null);

    protected virtual bool IsUsedUp => false;

    /// <summary>Takes it away, if it is of a kind that lasts. Again does nothing.</summary>
    public void End()
    {
        if (EndedAt is null)
        {
            EndedAt = World.Now;
            OnEnd();
        }
    }

    protected abstract void OnEnd();
}

/// <summary>A rule of the network. It is met when it has acted upon a packet.</summary>
internal sealed class ActiveRule(World world, Fault fault, LinkRule rule, long? atMost)
    : ActiveFault(world, fault)
{
    public override bool IsMet => rule.Met > 0;

    protected override bool IsUsedUp => rule.Met >= atMost;

    protected override void OnEnd() => World.Network.Remove(rule);
}

/// <summary>A server that does not answer. It is met when the client has asked it something meanwhile.</summary>
internal class ActiveSilence : ActiveFault
{
    private readonly RequestCounter _counter;
    private readonly Action _wake;

    public ActiveSilence(FaultScene scene, ServerFault fault, Action wake)
        : base(scene.Cluster.World, fault)
    {
        _wake = wake;
        _counter = World.Network.Add(
            new RequestCounter { To = scene.Cluster.Servers[fault.Server], Kind = PacketKind.Request }, "count");
    }

    public override bool IsMet => _counter.Met > 0;

    protected override void OnEnd()
    {
        World.Network.Remove(_counter);
        _wake();
    }
}

/// <summary>Lets every packet pass, and counts those it matches.</summary>
internal sealed class RequestCounter : LinkRule
{
    protected override Verdict Judge(Packet packet, Dice dice)
    {
        Touch();
        return Verdict.Pass;
    }
}

/// <summary>Damage to a disk. It is met when a read ran into it; only the system mends it.</summary>
internal sealed class ActiveDamage(World world, Fault fault, DiskDamage damage)
    : ActiveFault(world, fault)
{
    public override bool IsMet => damage.Met > 0;

    protected override bool IsUsedUp => damage.IsHealed;

    protected override void OnEnd()
    {
    }
}

/// <summary>Calls of a disk that fail. Met once one has.</summary>
internal sealed class ActiveFailures(World world, Fault fault, FailingCalls calls) : ActiveFault(world, fault)
{
    public override bool IsMet => calls.Met > 0;

    protected override bool IsUsedUp => calls.Remaining == 0;

    protected override void OnEnd() => calls.Disarm();
}

/// <summary>Something that happened in an instant.</summary>
internal sealed class ActiveInstant(World world, ServerFault fault, bool isMet) : ActiveFault(world, fault)
{
    public override bool IsMet => isMet;

    protected override bool IsUsedUp => true;

    protected override void OnEnd()
    {
    }
}
