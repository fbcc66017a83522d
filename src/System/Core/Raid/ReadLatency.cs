namespace Raid5Fs.Raid;

/// <summary>How long the latest reads of one member took: what tells a slow one from the others.</summary>
internal sealed class ReadLatency
{
    private const int Kept = 128;

    /// <summary>Fewer than these say nothing about one in a hundred.</summary>
    private const int Enough = 32;

    private const int RefreshEvery = 16;

    private readonly TimeSpan[] _latest = new TimeSpan[Kept];
    private long _count;

    /// <summary>The 99th percentile of the latest reads; null before there were enough.</summary>
    public TimeSpan? P99 { get; private set; }

    /// <summary>Half of the latest reads took longer; null before there were enough.</summary>
    public TimeSpan? Median { get; private set; }

    public void Add(TimeSpan latency)
    {
        _latest[_count++ % Kept] = latency;
        if (_count >= Enough && _count % RefreshEvery == 0)
        {
            Span<TimeSpan> sorted = stackalloc TimeSpan[(int)Math.Min(_count, Kept)];
            _latest.AsSpan(0, sorted.Length).CopyTo(sorted);
            sorted.Sort();
            P99 = sorted[(sorted.Length - 1) * 99 / 100];
            Median = sorted[(sorted.Length - 1) / 2];
        }
    }
}
