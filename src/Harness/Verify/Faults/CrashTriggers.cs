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

/// <summary>Watches the hosts of a world for the moments at which one of them is to crash.</summary>
internal sealed class CrashTriggers : ICrashPoints
{
    private readonly List<CrashTrigger> _armed = [];

    /// <summary>The triggers of a world that has some.</summary>
    public static CrashTriggers Of(World world) => (CrashTriggers)world.Options.CrashPoints!;

    public void Arm(CrashTrigger trigger) => _armed.Add(trigger);

    public void Disarm(CrashTrigger trigger) => _armed.Remove(trigger);

    public void At(in CrashPoint point)
    {
        if (_armed.Count == 0)
        {
            return;
        }

        foreach (CrashTrigger trigger in _armed.ToArray())
        {
            if (trigger.Counts(point))
            {
                _armed.Remove(trigger);
                trigger.Fire();
            }
        }
    }
}

/// <summary>Waits for the nth time that a host is on one side of an act.</summary>
internal sealed class CrashTrigger(Host host, CrashMoment moment, HostAct act, int nth, Action fire)
{
    private int _left = nth;

    /// <returns>Whether this is the one that was waited for.</returns>
    public bool Counts(in CrashPoint point) =>
        point.Host == host && point.Moment == moment && IsMeant(point.Kind) && --_left == 0;

    public void Fire() => fire();

    private bool IsMeant(CrashPointKind kind) => act switch
    {
        HostAct.Write => kind == CrashPointKind.Write,
        HostAct.Flush => kind is CrashPointKind.Flush or CrashPointKind.FolderFlush,
        HostAct.Rename => kind == CrashPointKind.NameChange,
        HostAct.Send => kind == CrashPointKind.Send,
        _ => kind == CrashPointKind.Receive,
    };
}
