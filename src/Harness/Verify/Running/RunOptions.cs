using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>How a run is watched. Nothing here changes what happens in it.</summary>
public sealed record RunOptions
{
    /// <summary>Sees every event; null for none. A <see cref="JsonLinesTrace"/> writes the trace to a file.</summary>
    public ITraceSink? TraceSink { get; init; }

    /// <summary>Notices, in real time, a step that never ends; null for none.</summary>
    public Watchdog? Watchdog { get; init; }

    /// <summary>Told of what happens above the trace, on the thread of the run; null for nobody.</summary>
    internal Action<RunEvent>? OnEvent { get; init; }
}
