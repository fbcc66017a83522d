namespace Raid5Verify.Simulation.Tests.CrashPoints;

/// <summary>Writes down the points that the hosts of a world reach, and crashes a host at one of them.</summary>
internal sealed class CrashPointLog : ICrashPoints
{
    private readonly List<CrashPoint> _points = [];

    public IReadOnlyList<CrashPoint> Points => _points;

    /// <summary>Crashes the host of the point for which this first holds; no host by default.</summary>
    public Func<CrashPoint, bool> CrashIf { get; init; } = static _ => false;

    public CrashKind As { get; init; } = CrashKind.Process;

    /// <summary>Starts the host again before the point is over.</summary>
    public bool RestartAtOnce { get; init; }

    /// <summary>The point at which it crashed a host.</summary>
    public CrashPoint? Struck { get; private set; }

    public void At(in CrashPoint point)
    {
        _points.Add(point);
        if (Struck is null && CrashIf(point))
        {
            Struck = point;
            point.Host.Crash(As);
            if (RestartAtOnce)
            {
                point.Host.Restart();
            }
        }
    }

    /// <summary>Crashes at one side of the nth act of a kind, counted from 1.</summary>
    public static CrashPointLog AtNth(int nth, CrashMoment moment, CrashPointKind kind) => new()
    {
        CrashIf = point => point.Moment == moment && point.Kind == kind && --nth == 0,
    };

    /// <summary>Crashes a host at one side of the first packet of a kind.</summary>
    public static CrashPointLog AtPacket(
        string host, CrashMoment moment, CrashPointKind kind, string packet, CrashKind crash = CrashKind.Process) => new()
        {
            CrashIf = point => point.Host.Name == host && point.Moment == moment && point.Kind == kind && point.What.Text == packet,
            As = crash,
        };
}
