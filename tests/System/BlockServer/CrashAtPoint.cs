using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>Writes down the crash points of the one server of a world, and has it lose power at some of them.</summary>
/// <param name="ordinals">At which, in ascending order.</param>
internal sealed class CrashAtPoint(params long[] ordinals) : ICrashPoints
{
    private readonly List<CrashPoint> _reached = [];
    private readonly List<CrashPoint> _struck = [];
    private bool _armed = true;

    /// <summary>Points reached.</summary>
    public IReadOnlyList<CrashPoint> Reached => _reached;

    /// <summary>Points at which it lost power.</summary>
    public IReadOnlyList<CrashPoint> Struck => _struck;

    /// <summary>Spares the server from here on.</summary>
    public void Disarm() => _armed = false;

    public void At(in CrashPoint point)
    {
        _reached.Add(point);
        if (_armed && _struck.Count < ordinals.Length && point.Ordinal == ordinals[_struck.Count])
        {
            _struck.Add(point);
            point.Host.Crash(CrashKind.Power);
        }
    }
}
