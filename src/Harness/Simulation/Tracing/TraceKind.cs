namespace Raid5Verify.Simulation;

/// <summary>What an event is, and what its subject and its three numbers mean.</summary>
/// <param name="Id">Goes into the hash: never reused for another meaning.</param>
/// <param name="Name">As the trace file spells it.</param>
/// <param name="Subject">The meaning of the first label, or null.</param>
/// <param name="Detail">The meaning of the second label, or null.</param>
/// <param name="A">The meaning of the first number, or null where it has none.</param>
/// <param name="B">Likewise.</param>
/// <param name="C">Likewise.</param>
public sealed record TraceKind(
    int Id, string Name, string? Subject = null, string? Detail = null, string? A = null, string? B = null, string? C = null)
{
    public static readonly TraceKind Step = new(1, "step", Subject: "of", A: "pick", B: "ready");
    public static readonly TraceKind Draw = new(2, "draw", Subject: "dice", A: "value", B: "below", C: "ordinal");
    public static readonly TraceKind TimerFired = new(3, "timer");
    public static readonly TraceKind Spawned = new(4, "spawn", Subject: "name");

    public static readonly TraceKind HostStarted = new(10, "host.start", A: "life");
    public static readonly TraceKind HostCrashed = new(11, "host.crash", Subject: "as", A: "life");
    public static readonly TraceKind HostPaused = new(12, "host.pause");
    public static readonly TraceKind HostResumed = new(13, "host.resume");
    public static readonly TraceKind ClockChanged = new(14, "host.clock", A: "skew_ns", B: "drift_ppm");

    /// <summary>The observer of crash points ended the life there: the crash itself came just before.</summary>
    public static readonly TraceKind DiedAtPoint = new(15, "host.point", "what", "point", "ordinal");

    public static readonly TraceKind PacketSent = new(20, "net.send", "link", "what", "call", "bytes", "hash");
    public static readonly TraceKind PacketDelivered = new(21, "net.deliver", "link", "what", "call", "bytes", "hash");
    public static readonly TraceKind PacketDropped = new(22, "net.drop", "link", "what", "call", "rule");
    public static readonly TraceKind PacketHeld = new(23, "net.hold", "link", "what", "call", "rule");
    public static readonly TraceKind PacketFlipped = new(25, "net.flip", "link", "what", "call", "rule");
    public static readonly TraceKind RuleAdded = new(26, "net.rule", "name", A: "rule");
    public static readonly TraceKind RuleRemoved = new(27, "net.unrule", "name", A: "rule");
    public static readonly TraceKind CallEnded = new(28, "net.end", "what", "status", "call");

    public static readonly TraceKind DiskRead = new(40, "disk.read", "file", A: "offset", B: "bytes", C: "hash");
    public static readonly TraceKind DiskWritten = new(41, "disk.write", "file", A: "offset", B: "bytes", C: "hash");
    public static readonly TraceKind DiskFlushed = new(42, "disk.flush", "file", A: "writes");
    public static readonly TraceKind DiskNameChanged = new(43, "disk.name", "file", "change");
    public static readonly TraceKind DiskFailed = new(44, "disk.error", "file", "error", "offset", "bytes");
    public static readonly TraceKind DiskDamaged = new(45, "disk.damage", "file", "damage", "offset", "bytes");
    public static readonly TraceKind DiskCrashed = new(46, "disk.crash", "file", A: "sectors_kept", B: "sectors_lost");
    public static readonly TraceKind DiskTruncated = new(47, "disk.truncate", "file", A: "length");
    public static readonly TraceKind DiskWriteLost = new(48, "disk.lose", "file", A: "offset", B: "bytes");
    public static readonly TraceKind DiskWriteMisdirected = new(49, "disk.misdirect", "file", A: "offset", B: "bytes", C: "to");
    public static readonly TraceKind DiskFlushLied = new(50, "disk.lie", "file", A: "writes");
    public static readonly TraceKind DiskLieBroken = new(51, "disk.lie_met", "file");

    /// <summary>An event of the layer above: its own kind and text.</summary>
    public static readonly TraceKind Note = new(60, "note", "what", "text", "a", "b");
}
