using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Stories;

/// <summary>
/// Listens to a run and takes down what a person would tell of it: steps and answers, faults, crashes and recoveries, damage to
/// disks; of the calls how many of which to whom, and each that came to no good.
/// </summary>
internal sealed class StoryRecorder : ITraceSink
{
    private const string ServicePrefix = "/raid5fs.BlockServer/";

    private readonly List<StorySection> _sections = [];
    private readonly Dictionary<long, string> _rules = [];
    private readonly Dictionary<long, string> _serverOfCall = [];
    private readonly FailureScene _scene = new();
    private StorySection _section;
    private TimeSpan _now;
    private long _retries;

    public StoryRecorder()
    {
        _section = Begin("servers are formatted and started, the client makes a file system and mounts it");
    }

    public IEnumerable<string> Lines => _sections.SelectMany(static section => section.Lines());

    /// <summary>What there is where a promise was found broken; empty if none was.</summary>
    public IEnumerable<string> SceneLines => _scene.Lines();

    /// <summary>Asks, in the world where a promise was broken, for what can be found out by asking only.</summary>
    public Task AskAsync(ScenarioRun run, Violation violation) => _scene.AskAsync(run, violation);

    /// <summary>Takes down an event above the trace; it happened at the time of the last one of the trace.</summary>
    public void Hear(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Began began:
                CountRetries(began.Retries);
                _section = Begin(began.What is Step step ? $"step {began.StepIndex}: {step}" : began.What.ToString()!);
                break;
            case RunEvent.Answered answered:
                _section.Answer(_now, $"answers {answered.Answer}");
                break;
            case RunEvent.AskedInTurn inTurn:
                _section.Tell(_now, $"asked one after another: {inTurn.Why}");
                break;
            case RunEvent.Interrupted:
                _section.Tell(_now, "the client ends before it has answered");
                break;
            case RunEvent.Recovered recovered:
                string undone = recovered.OperationsLost > 0 ? $"; {recovered.OperationsLost} acknowledged operations are undone" : string.Empty;
                _section.Tell(_now, $"{recovered.Client} has recovered: it finds {recovered.Found}{undone}");
                break;
            case RunEvent.Broken broken:
                _scene.Look(broken.Run);
                break;
        }
    }

    /// <summary>The run has ended.</summary>
    public void End(RunResult result) => CountRetries(result.Statistics.Array.Retries);

    public void Record(in TraceEvent happened, ulong hash)
    {
        _now = TimeSpan.FromTicks(happened.TimeNs / TimeSpan.NanosecondsPerTick);
        TraceKind kind = happened.Kind;
        if (kind == TraceKind.Step || kind == TraceKind.Draw)
        {
            return;
        }

        if (kind == TraceKind.PacketSent)
        {
            CountRequest(in happened);
        }
        else if (kind == TraceKind.CallEnded)
        {
            _section.CountTrouble(MethodIn(happened.Subject), InWords(happened.Detail), _serverOfCall[happened.A]);
        }
        else if (kind == TraceKind.RuleAdded)
        {
            _rules[happened.A] = happened.Subject!.Text;
        }
        else if (kind == TraceKind.PacketDropped || kind == TraceKind.PacketHeld || kind == TraceKind.PacketFlipped)
        {
            string fate = kind == TraceKind.PacketDropped ? "lost" : kind == TraceKind.PacketHeld ? "held" : "garbled";
            _section.CountTrouble(MethodIn(happened.Detail), $"{fate} by {_rules[happened.B]}", OtherEndOf(happened.Subject!.Text));
        }
        else if (Describe(in happened) is { } told)
        {
            _section.Tell(_now, told);
        }
    }

    /// <returns>Null for what is not worth a line.</returns>
    private static string? Describe(in TraceEvent happened)
    {
        string host = happened.Host?.Name ?? "the network";
        TraceKind kind = happened.Kind;
        return kind == TraceKind.Note ? $"{NoteIn(happened.Subject!)}: {happened.Detail}"
            : kind == TraceKind.HostCrashed ? $"{host} crashes ({happened.Subject})"
            : kind == TraceKind.HostStarted && happened.A > 1 ? $"{host} starts again"
            : kind == TraceKind.HostPaused ? $"{host} stands still"
            : kind == TraceKind.HostResumed ? $"{host} goes on"
            : kind == TraceKind.ClockChanged ? $"{host}'s clock is {happened.A / 1e6} ms ahead, {happened.B} ppm fast"
            : kind == TraceKind.DiedAtPoint ? $"that was {happened.Detail}"
            : kind == TraceKind.DiskFailed ? $"{host}: {happened.Detail} of {happened.Subject} at {happened.A}, {happened.B} bytes"
            : kind == TraceKind.DiskDamaged ? $"{host}: {happened.Detail} in {happened.Subject} at {happened.A}, {happened.B} bytes"
            : kind == TraceKind.DiskWriteLost ? $"{host}: the disk loses a write of {happened.Subject} at {happened.A}, {happened.B} bytes"
            : kind == TraceKind.DiskWriteMisdirected ? $"{host}: the disk puts a write of {happened.Subject} at {happened.A} to {happened.C}, {happened.B} bytes"
            : kind == TraceKind.DiskFlushLied ? $"{host}: the disk lies at a flush of {happened.Subject}, {happened.A} writes"
            : kind == TraceKind.DiskLieBroken ? $"{host}: of {happened.Subject} is gone what a lying flush had promised"
            : kind == TraceKind.DiskCrashed && happened.B > 0 ? $"{host}: of {happened.Subject}, {happened.B} sectors not flushed are lost, {happened.A} kept"
            : null;
    }

    private void CountRetries(long retries)
    {
        _section.Retries = retries - _retries;
        _retries = retries;
    }

    private StorySection Begin(string title)
    {
        var section = new StorySection(title, _now);
        _sections.Add(section);
        return section;
    }

    private void CountRequest(in TraceEvent happened)
    {
        if (happened.Detail!.Text.StartsWith("request ", StringComparison.Ordinal))
        {
            string server = OtherEndOf(happened.Subject!.Text);
            _serverOfCall[happened.A] = server;
            _section.CountCall(MethodIn(happened.Detail), server);
        }
    }

    /// <summary>The faults' notes are <c>fault.struck</c> and the like.</summary>
    private static string NoteIn(Label note) => note.Text switch
    {
        "fault.struck" => "a fault strikes",
        "fault.ended" => "a fault ends",
        "fault.withheld" => "a fault is withheld",
        "fault.missed" => "a fault finds nothing to strike",
        var other => other,
    };

    /// <summary>From <c>request /raid5fs.BlockServer/Write</c> to <c>Write</c>; what is no request says what it is.</summary>
    private static string MethodIn(Label? label)
    {
        string text = label!.Text;
        int method = text.IndexOf(ServicePrefix, StringComparison.Ordinal);
        string kind = method > 0 ? text[..method].Trim() : string.Empty;
        string name = method < 0 ? text : text[(method + ServicePrefix.Length)..];
        return kind is "" or "request" ? name : $"{kind} of {name}";
    }

    /// <summary>Of <c>client&gt;server-1</c> the server.</summary>
    private static string OtherEndOf(string link)
    {
        string[] ends = link.Split('>');
        return ends[1].StartsWith("client", StringComparison.Ordinal) ? ends[0] : ends[1];
    }

    private static string InWords(Label? status) => string.Concat(
        status!.Text.Select(static (letter, place) => char.IsUpper(letter) ? $"{(place > 0 ? " " : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
