namespace Raid5Verify.Simulation;

/// <summary>Conversions between <see cref="TimeSpan"/> and the kernel's unit, the nanosecond.</summary>
internal static class VirtualTime
{
    /// <summary>What every clock without skew shows at the start of a run.</summary>
    internal static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static long ToNs(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;

    internal static TimeSpan FromNs(long ns) => TimeSpan.FromTicks(ns / TimeSpan.NanosecondsPerTick);
}
