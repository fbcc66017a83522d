using System.Numerics;

namespace Raid5Verify.Simulation;

/// <summary>
/// The record of a run: a rolling 64-bit hash over every event, always; the last events, always; every event to a
/// <see cref="ITraceSink"/>, when asked.
/// </summary>
/// <remarks>
/// Two runs are the same run exactly if their hashes are. The hash covers each pick of the scheduler, each draw, timer,
/// message and disk byte (by its own hash), and the virtual time of each.
/// </remarks>
public sealed class Trace
{
    /// <summary>A power of two.</summary>
    private const int Kept = 128;

    private readonly Slot[] _last = new Slot[Kept];
    private readonly ITraceSink? _sink;
    private readonly World _world;
    private ulong _hash = 0x243F6A8885A308D3;
    private long _count;

    internal Trace(World world, ITraceSink? sink)
    {
        _world = world;
        _sink = sink;
    }

    /// <summary>The rolling hash over all events so far.</summary>
    public ulong Hash => _hash;

    /// <summary>Events so far.</summary>
    public long Count => _count;

    /// <summary>The event that stands as the cause of those emitted now.</summary>
    internal long Cause { get; set; } = -1;

    /// <summary>Records an event of the layer above.</summary>
    public void Note(Label what, string text, Host? host = null, long a = 0, long b = 0) =>
        Emit(TraceKind.Note, host, what, a, b, 0, new Label(text));

    /// <summary>
    /// The last events, oldest first, at most 128. May be called from a watchdog's thread while the run is stuck: the
    /// newest entry can then be half written.
    /// </summary>
    public IReadOnlyList<TraceEvent> LastEvents()
    {
        var count = (int)Math.Min(_count, Kept);
        var events = new List<TraceEvent>(count);
        for (var seq = _count - count; seq < _count; seq++)
        {
            events.Add(_last[seq % Kept].ToEvent(seq));
        }

        return events;
    }

    /// <returns>The event's number, to be handed on as a cause.</returns>
    internal long Emit(
        TraceKind kind, Host? host, Label? subject = null, long a = 0, long b = 0, long c = 0, Label? detail = null)
    {
        _world.RequireSimulationThread(kind.Name);
        var seq = _count;
        var timeNs = _world.NowNs;
        ref var slot = ref _last[(int)seq & (Kept - 1)];
        slot.TimeNs = timeNs;
        slot.Host = host;
        slot.Task = _world.CurrentTask;
        slot.Cause = Cause;
        slot.Kind = kind;
        slot.Subject = subject;
        slot.Detail = detail;
        slot.A = a;
        slot.B = b;
        slot.C = c;
        var hash = _hash;
        hash = Mix(hash, unchecked(((ulong)kind.Id << 32) | (uint)(host?.Index ?? -1)));
        hash = Mix(hash, unchecked((ulong)timeNs));
        hash = Mix(hash, unchecked((ulong)a));
        hash = Mix(hash, unchecked((ulong)b));
        hash = Mix(hash, unchecked((ulong)c));
        if (subject is not null)
        {
            hash = Mix(hash, subject.Hash);
        }

        if (detail is not null)
        {
            hash = Mix(hash, detail.Hash);
        }

        _hash = hash;
        _count = seq + 1;
        if (_sink is not null)
        {
            var happened = slot.ToEvent(seq);
            _sink.Record(in happened, hash);
        }

        return seq;
    }

    private static ulong Mix(ulong hash, ulong word) =>
        unchecked(BitOperations.RotateLeft(hash ^ word, 27) * 0x9E3779B97F4A7C15);

    /// <summary>
    /// A <see cref="TraceEvent"/> without its number, filled in place: there are several for each step, and a whole one
    /// would be built first and then copied.
    /// </summary>
    private struct Slot
    {
        internal long TimeNs;
        internal Host? Host;
        internal int Task;
        internal long Cause;
        internal TraceKind Kind;
        internal Label? Subject;
        internal Label? Detail;
        internal long A;
        internal long B;
        internal long C;

        internal readonly TraceEvent ToEvent(long seq) => new(seq, TimeNs, Host, Task, Cause, Kind, Subject, Detail, A, B, C);
    }
}
