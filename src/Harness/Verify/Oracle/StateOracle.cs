using Raid5Fs.Primitives;
using Raid5Verify.Reference;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/*
 * What the file system may hold. While all goes well that is one state, the reference's. After a crash of the client it is
 * any state from the last acknowledged commit on, with or without the operation that was under way (promise 6); what the
 * recovered file system shows decides which, and from there on nothing older may come back (promise 7).
 *
 * Where a run allows errors, what is read after a crash may leave several states possible. Then each has a timeline of its
 * own, and every answer crosses out those that would have answered otherwise.
 *
 * The order of calls: Ask, then Accept or Interrupt; Sync at each acknowledged commit; Judge and Adopt after a
 * recovery.
 */

/// <summary>Judges the answers of the system, and what it is after a crash.</summary>
internal sealed class StateOracle
{
    /// <summary>States too old to come back that are remembered, to be recognised if one does.</summary>
    private const int OutdatedKept = 64;

    private readonly long _block;
    private readonly Queue<FileSystemState> _outdated = [];
    private List<Timeline> _timelines;
    private List<(Timeline Timeline, FileSystemState Next, Answer Answer)> _asked = [];
    private (FileOperation Operation, int Step) _question;
    private (ConcurrentHistory History, int Step)? _askedSideBySide;

    /// <param name="limits">What the file system may refuse.</param>
    /// <param name="block">Bytes a block.</param>
    public StateOracle(ReferenceLimits limits, long block)
    {
        _block = block;
        _timelines = [new Timeline(FileSystemState.Empty(limits, Clock), Floor.Synced)];
    }

    /// <summary>When each operation, by its step, was done: to be told, and asked for the times of files.</summary>
    public ReferenceClock Clock { get; } = new();

    /// <summary>What the file system holds; where several states are possible, the likeliest.</summary>
    public FileSystemState Latest => _timelines[0].Latest;

    /// <summary>Whether only one state is possible, but for an operation under way.</summary>
    public bool IsCertain => _timelines.Count == 1;

    /// <summary>What a file holds; see <see cref="Latest"/>.</summary>
    public Result<byte[]> Read(string path, long offset, int length) => Latest.Paths.Read(path, offset, length);

    /// <summary>
    /// Where a tree differs from what the file system must hold now; where several states are possible, from the likeliest. Null
    /// if it is one of them.
    /// </summary>
    public Difference? FirstDifference(RecoveredTree tree)
    {
        Difference?[] differences = [.. _timelines.Select(timeline => tree.FirstDifference(timeline.Latest, Same))];
        return differences.Contains(null) ? null : differences[0];
    }

    /// <summary>An operation is under way from now on.</summary>
    /// <returns>What it must answer; where several states are possible, by the likeliest.</returns>
    public Answer Ask(FileOperation operation, int step)
    {
        _question = (operation, step);
        _asked = [.. _timelines.Select(timeline =>
        {
            (FileSystemState next, Answer answer) = timeline.Latest.After(operation, step);
            return (timeline, next, answer);
        })];
        return _asked[0].Answer;
    }

    /// <summary>The operation under way was answered.</summary>
    /// <param name="actual">So.</param>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    /// <returns>Whether that may be in some possible past; if not, nothing has changed.</returns>
    public bool Accept(Answer actual, Func<Answer, Answer, bool> agree)
    {
        var agreeing = _asked.ConvertAll(asked => IfFull(asked, actual)).FindAll(asked => agree(asked.Answer, actual));
        if (agreeing.Count == 0)
        {
            return false;
        }

        // An answer that is allowed but not the right one says that nothing was done.
        foreach (var (timeline, next, _) in agreeing.Where(asked => asked.Answer == actual))
        {
            next.IsAcknowledged = true;
            timeline.Add(next);
        }

        _timelines = agreeing.ConvertAll(asked => asked.Timeline);
        _asked = [];
        return true;
    }

    /// <summary>What is being asked side by side; null if nothing is.</summary>
    public ConcurrentHistory? SideBySide => _askedSideBySide?.History;

    /// <summary>Several tasks ask side by side from now on.</summary>
    /// <param name="history">Takes what they ask, and what they are answered.</param>
    /// <param name="step">The step that this is.</param>
    public void AskSideBySide(ConcurrentHistory history, int step) => _askedSideBySide = (history, step);

    /// <summary>All that was asked side by side was answered.</summary>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    /// <param name="shorter">What was done by an operation that answers so, if that may be less than what was asked.</param>
    /// <returns>
    /// Whether that may be in some possible past and some order; null if there are too many orders. If not, nothing has changed.
    /// </returns>
    public bool? AcceptAll(Func<Answer, Answer, bool> agree, Func<FileOperation, Answer, FileOperation?> shorter)
    {
        if (Linearize(agree, shorter, isEnd: false) is not { } next)
        {
            return null;
        }

        _timelines = next.Count > 0 ? next : _timelines;
        return next.Count > 0;
    }

    /// <summary>The operation under way, if any, will never be answered: it was done, or not.</summary>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    /// <param name="shorter">What was done by an operation that answers so, if that may be less than what was asked.</param>
    /// <returns>As <see cref="AcceptAll"/>, of what was asked side by side and answered.</returns>
    public bool? Interrupt(Func<Answer, Answer, bool> agree, Func<FileOperation, Answer, FileOperation?> shorter)
    {
        if (_askedSideBySide is not null)
        {
            List<Timeline>? next = Linearize(agree, shorter, isEnd: true);
            _timelines = next is { Count: > 0 } ? next : _timelines;
            return next is null ? null : next.Count > 0;
        }

        foreach (var (timeline, next, _) in _asked)
        {
            timeline.Add(next);
        }

        _asked = [];
        return true;
    }

    /// <summary>A commit was acknowledged: everything so far must survive.</summary>
    public void Sync()
    {
        Outdate(_timelines.SelectMany(timeline => timeline.Sync()));
    }

    /// <summary>The file system was unmounted, and all of it survives: whatever was open is not any more.</summary>
    public void Unmount()
    {
        Sync();
        _timelines = _timelines.ConvertAll(timeline => new Timeline(timeline.Latest.WithAllClosed(), Floor.Synced));
    }

    /// <summary>Which of the states to which a crash may lead this tree is.</summary>
    /// <param name="tree">What was found after a recovery.</param>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    public Judgement Judge(RecoveredTree tree, Func<Answer, Answer, bool> agree)
    {
        List<PossibleState> possible = [.. Enumerable.Reverse(_timelines).SelectMany(timeline => timeline.Possible(_block))];
        List<PossibleState> found = [];
        Difference? nearest = null;
        foreach (PossibleState candidate in possible)
        {
            // Nobody has anything open any more: what had no name left has been given back.
            if (tree.FirstDifference(candidate.State.WithAllClosed(), agree) is not { } difference)
            {
                found.Add(candidate);
            }
            else if (nearest is null || difference.Place >= nearest.Place)
            {
                nearest = difference;
            }
        }

        if (found.Count > 0)
        {
            // No question tells those apart that answer exactly so; another answer may be allowed, and then proves nothing.
            List<PossibleState> exact = tree.IsWhole
                ? found.FindAll(candidate => tree.FirstDifference(candidate.State.WithAllClosed(), Same) is null)
                : [];
            PossibleState likeliest = (exact.Count > 0 ? exact : found)[^1];
            return new Judgement.Found(
                exact.Count > 0
                    ? [likeliest.State]
                    : [.. found.Select(candidate => candidate.State).Reverse().DistinctBy(other => other.Fingerprint)],
                likeliest.OperationsLost);
        }

        FileSystemState? old = _outdated.LastOrDefault(state => tree.FirstDifference(state, agree) is null);
        return new Judgement.Nothing(
            PromiseBrokenBy(nearest!, old, possible.ConvertAll(candidate => candidate.State)), Describe(), Describe(nearest!, old));
    }

    /// <summary>The file system was recovered to one of these states, and none of them will be undone.</summary>
    /// <param name="states">The likeliest first. At least one.</param>
    public void Adopt(IReadOnlyList<FileSystemState> states)
    {
        Sync();
        _timelines = [.. states.Select(state => new Timeline(state.WithAllClosed(), Floor.Recovered))];
    }

    private static bool Same(Answer expected, Answer actual) => expected == actual;

    /// <returns>The pasts in which what was asked side by side may have been answered so; null if there are too many orders.</returns>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    /// <param name="shorter">What was done by an operation that answers so, if that may be less than what was asked.</param>
    /// <param name="isEnd">The client has ended: what it might go on from does not matter, only what there was.</param>
    private List<Timeline>? Linearize(
        Func<Answer, Answer, bool> agree, Func<FileOperation, Answer, FileOperation?> shorter, bool isEnd)
    {
        (ConcurrentHistory history, int step) = _askedSideBySide!.Value;
        _askedSideBySide = null;
        List<Timeline> next = [];
        foreach (Timeline timeline in _timelines)
        {
            Linearization orders = Linearization.Find(timeline.Latest, history, step, agree, shorter);
            if (orders.IsInconclusive)
            {
                return null;
            }

            if (orders.HasSynced && orders.Finals.Count > 0)
            {
                Outdate(timeline.States);
            }

            next.AddRange(isEnd && orders.Finals.Count > 0
                ? [timeline.AfterAny(orders)]
                : orders.Finals.Select(final => timeline.After(orders, final)));
        }

        return next;
    }

    /// <summary>What was asked, where another answer would have been right but the file system may be full.</summary>
    private (Timeline Timeline, FileSystemState Next, Answer Answer) IfFull(
        (Timeline Timeline, FileSystemState Next, Answer Answer) asked, Answer actual)
    {
        (FileSystemState next, Answer right) =
            asked.Timeline.Latest.OrIfFull((asked.Next, asked.Answer), _question.Operation, actual, _question.Step);
        return (asked.Timeline, next, right);
    }

    /// <summary>These are too old to come back.</summary>
    private void Outdate(IEnumerable<FileSystemState> states)
    {
        foreach (FileSystemState old in states)
        {
            _outdated.Enqueue(old);
        }

        while (_outdated.Count > OutdatedKept)
        {
            _outdated.Dequeue();
        }
    }

    private Promise PromiseBrokenBy(Difference nearest, FileSystemState? old, List<FileSystemState> possible)
    {
        if (nearest.Actual.Error == Errno.EIO)
        {
            return Promise.NoLoss;
        }

        Timeline likeliest = _timelines[0];
        if (likeliest.Floor == Floor.Recovered && (old is not null || likeliest.IsShort))
        {
            return Promise.Stability;
        }

        bool isNeighbour = old is null
            && possible.TrueForAll(state => nearest.Question.ApplyTo(state.Paths) == nearest.Expected);
        return isNeighbour ? Promise.Neighbours : Promise.AtomicCommit;
    }

    private string Describe()
    {
        Timeline likeliest = _timelines[0];
        string floor = likeliest.Floor == Floor.Synced ? "of which a commit was acknowledged" : "to which the file system was recovered before";
        return likeliest.IsShort
            ? $"{likeliest.Oldest}, {floor}"
            : $"{likeliest.Oldest}, {floor}, or a later one, up to {likeliest.Latest}";
    }

    private static string Describe(Difference nearest, FileSystemState? old) => old is null
        ? $"no state that there was; the nearest is {nearest.State}, but {nearest}"
        : $"{old}, which is older; the nearest that may be is {nearest.State}, but {nearest}";
}

/// <summary>What a recovered file system is.</summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>
    /// One of these states, the likeliest first: more than one only where parts of it could not be read, or less space is free than in
    /// any of them.
    /// </summary>
    /// <param name="States">At least one.</param>
    /// <param name="OperationsLost">Acknowledged operations, not yet committed, that are undone.</param>
    public sealed record Found(IReadOnlyList<FileSystemState> States, int OperationsLost) : Judgement;

    /// <summary>None of the states that it may be.</summary>
    public sealed record Nothing(Promise Broken, string Expected, string Actual) : Judgement;
}
