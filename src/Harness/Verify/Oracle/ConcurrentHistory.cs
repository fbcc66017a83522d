using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/// <summary>What several tasks of one client asked side by side, when each call began and ended, and what it was answered.</summary>
/// <remarks>Moments are counted: one after another, none at the same time.</remarks>
internal sealed class ConcurrentHistory
{
    private readonly List<ConcurrentCall> _calls = [];
    private int _moment;

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<ConcurrentCall> Calls => _calls;

    public ConcurrentCall Begin(string task, FileOperation operation)
    {
        var call = new ConcurrentCall(task, operation, _moment++);
        _calls.Add(call);
        return call;
    }

    public void End(ConcurrentCall call, Answer answer)
    {
        call.Answer = answer;
        call.Ended = _moment++;
    }

    /// <summary>One call a line.</summary>
    public override string ToString() => string.Join("; ", _calls);
}

/// <summary>One call of a <see cref="ConcurrentHistory"/>.</summary>
/// <param name="task">Who asked.</param>
/// <param name="operation">What.</param>
/// <param name="began">When.</param>
internal sealed class ConcurrentCall(string task, FileOperation operation, int began)
{
    public FileOperation Operation => operation;

    public int Began => began;

    /// <summary>Null if it was never answered.</summary>
    public int? Ended { get; set; }

    /// <summary>Null if it was never answered.</summary>
    public Answer? Answer { get; set; }

    /// <summary>It was over when the other one began.</summary>
    public bool IsBefore(ConcurrentCall other) => Ended < other.Began;

    public override string ToString() => $"{task}, {began} to {Ended?.ToString() ?? "the end of the client"}: {operation} answers {Answer?.ToString() ?? "nothing"}";
}
