using Raid5Verify.Simulation;

namespace Raid5Verify.Shrinking;

/// <summary>How long is looked for something smaller, and how.</summary>
public sealed record ShrinkOptions
{
    /// <summary>Plenty for most failures.</summary>
    public static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(60);

    /// <summary>Real time after which no further run is begun. Default 60 s.</summary>
    public TimeSpan Time { get; init; } = DefaultTime;

    /// <summary>Runs at the same time, one a thread. At least 1. It changes nothing but how long it takes.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Told how far it is after each run, on the thread that ran it, one at a time.</summary>
    public Action<ShrinkProgress>? OnProgress { get; init; }

    /// <summary>Notices steps that never end; null for none.</summary>
    public Watchdog? Watchdog { get; init; }
}

/// <summary>How far a search for something smaller is.</summary>
/// <param name="Runs">Runs that ended.</param>
/// <param name="Size">Of the smallest that was found: the steps of a scenario, of all its parts.</param>
/// <param name="Elapsed">Real time since the beginning.</param>
public readonly record struct ShrinkProgress(long Runs, int Size, TimeSpan Elapsed);
