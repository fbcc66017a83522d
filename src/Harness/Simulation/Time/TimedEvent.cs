namespace Raid5Verify.Simulation;

/// <summary>Something that happens at a moment of virtual time. Base of timers, packets and disk completions.</summary>
internal abstract class TimedEvent
{
    /// <summary>Its place in the queue's heap; −1 while it is in none.</summary>
    internal int HeapIndex { get; set; } = -1;

    internal bool IsScheduled => HeapIndex >= 0;

    internal abstract void Fire();
}
