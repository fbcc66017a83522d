using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>An act of a host upon its disk or the network.</summary>
public enum HostAct
{
    /// <summary>A write to a file.</summary>
    Write,

    /// <summary>A flush of a file, or of the folder.</summary>
    Flush,

    /// <summary>A file gets another name, or is created or deleted.</summary>
    Rename,

    /// <summary>A message leaves the host.</summary>
    Send,

    /// <summary>A message arrives.</summary>
    Receive,
}

/// <summary>Watches the hosts of a world for the moments of their work at which something is to happen.</summary>
internal sealed class PointTriggers : ICrashPoints
{
    private readonly List<PointTrigger> _armed = [];

    /// <summary>The triggers of a world that has some.</summary>
    public static PointTriggers Of(World world) => (PointTriggers)world.Options.CrashPoints!;

    public void Arm(PointTrigger trigger) => _armed.Add(trigger);

    public void Disarm(PointTrigger trigger) => _armed.Remove(trigger);

    public void At(in CrashPoint point)
    {
        if (_armed.Count == 0)
        {
            return;
        }

        foreach (PointTrigger trigger in _armed.ToArray())
        {
            // What one trigger does may be a reason to take another one away.
            if (_armed.Contains(trigger) && trigger.IsDue(point))
            {
                _armed.Remove(trigger);
                trigger.Fire();
            }
        }
    }
}

/// <summary>Waits for a moment of any host's work, once. Whatever is looked at, it only changes where some host acts.</summary>
/// <param name="isDue">Asked at each point of each host; may count.</param>
/// <param name="fire">What happens then, in the middle of the act: it must not await.</param>
internal sealed class PointTrigger(Func<CrashPoint, bool> isDue, Action fire)
{
    public bool IsDue(in CrashPoint point) => isDue(point);

    public void Fire() => fire();

    /// <summary>The nth time that a host is on one side of an act.</summary>
    /// <param name="point">Which act, and the how manieth from now on.</param>
    /// <param name="host">The host, as it is when the act comes.</param>
    /// <param name="fire">What happens then.</param>
    public static PointTrigger AtNth(HostPoint point, Func<Host> host, Action fire)
    {
        int left = point.Nth;
        return new PointTrigger(one => one.Host == host() && point.IsMet(one) && --left == 0, fire);
    }
}
