using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Raid5Fs.Protocol;

namespace Raid5Fs.Server.Watching;

/// <summary>How many calls of each method ended how, and how long they took.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CallMetrics : IDisposable
{
    public const string MeterName = "Raid5Fs.Server.Calls";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _seconds;

    public CallMetrics()
    {
        _calls = _meter.CreateCounter<long>("raid5fs.server.calls", "{call}", "Calls that ended, by method and status");
        _seconds = _meter.CreateHistogram(
            "raid5fs.server.call.duration",
            "s",
            "From the whole request read to the answer ready, by method",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
            });
    }

    /// <summary>Whether somebody looks.</summary>
    public bool IsWatched => _calls.Enabled;

    /// <param name="method">Of the service.</param>
    /// <param name="status">The protocol's.</param>
    /// <param name="began">A time stamp of <see cref="Stopwatch"/>.</param>
    public void Note(string method, CallStatus status, long began) => Note(method, NameOf(status), began);

    /// <inheritdoc cref="Note(string, CallStatus, long)"/>
    public void Note(string method, StatusCode failure, long began) => Note(method, failure.ToString(), began);

    /// <summary>One that was refused before it was looked at.</summary>
    public void NoteRefused(string method) =>
        _calls.Add(1, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("status", "ResourceExhausted"));

    public void Dispose() => _meter.Dispose();

    private void Note(string method, string status, long began)
    {
        var called = new KeyValuePair<string, object?>("method", method);
        _calls.Add(1, called, new KeyValuePair<string, object?>("status", status));
        _seconds.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, called);
    }

    // Not ToString: it would make a text for each call.
    private static string NameOf(CallStatus status) => status switch
    {
        CallStatus.Ok => nameof(CallStatus.Ok),
        CallStatus.StaleBoot => nameof(CallStatus.StaleBoot),
        CallStatus.Garbled => nameof(CallStatus.Garbled),
        CallStatus.Fenced => nameof(CallStatus.Fenced),
        _ => status.ToString(),
    };
}
