using System.Numerics;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/*
 * Whether the calls of several tasks can have happened one after another (Herlihy and Wing, "Linearizability", 1990): each at one
 * moment between its beginning and its end, so that the answers are those of that order. The search is Wing and Gong's, with memory
 * (Lowe, "Testing for linearizability", 2017): what can follow depends on nothing but which calls are done and what the files
 * hold, so of each such pair it is found out once.
 *
 * A call that was never answered was done at some moment after its beginning, or not at all.
 */

/// <summary>The orders in which concurrent calls can have happened, from one state on.</summary>
internal sealed class Linearization
{
    /// <summary>Pairs of a set of calls and a state that are looked at. Beyond that nothing is known.</summary>
    private const int MostNodes = 20_000;

    private readonly ConcurrentHistory _history;
    private readonly int _step;
    private readonly Func<Answer, Answer, bool> _agree;
    private readonly Func<FileOperation, Answer, FileOperation?> _shorter;
    private readonly ulong _answered;
    private readonly Dictionary<(ulong Done, ulong State), Node> _nodes = [];
    private readonly List<Node> _order = [];

    private Linearization(
        ConcurrentHistory history, int step, Func<Answer, Answer, bool> agree, Func<FileOperation, Answer, FileOperation?> shorter)
    {
        _shorter = shorter;
        _history = history;
        _step = step;
        _agree = agree;
        for (int i = 0; i < history.Calls.Count; i++)
        {
            bool isAnswered = history.Calls[i].Answer is not null;
            _answered |= isAnswered ? 1UL << i : 0;
            Synced |= isAnswered && history.Calls[i] is { Operation.Commits: true, Answer.Error: Raid5Fs.Primitives.Errno.OK } ? 1UL << i : 0;
        }
    }

    /// <summary>What the files may hold now, the likeliest first; none if there is no such order.</summary>
    public IReadOnlyList<FileSystemState> Finals { get; private set; } = [];

    /// <summary>What they may have held on the way, where nothing that was acknowledged as committed is missing.</summary>
    public IEnumerable<Moment> Moments => MomentsOf([.. _order.Where(static node => node.LeadsToEnd)]);

    /// <summary>A commit was acknowledged: what was before is of the past.</summary>
    public bool HasSynced => Synced != 0;

    /// <summary>Too many orders to look at all of them.</summary>
    public bool IsInconclusive { get; private set; }

    private ulong Synced { get; }

    /// <param name="start">What the files held.</param>
    /// <param name="history">Up to 60 calls.</param>
    /// <param name="step">The step of the scenario that they are.</param>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right: then nothing was done.</param>
    /// <param name="shorter">What was done by an operation that answers so, if that may be less than what was asked.</param>
    public static Linearization Find(
        FileSystemState start,
        ConcurrentHistory history,
        int step,
        Func<Answer, Answer, bool> agree,
        Func<FileOperation, Answer, FileOperation?> shorter)
    {
        var found = new Linearization(history, step, agree, shorter);
        Node first = found.Explore(start, done: 0);
        found.IsInconclusive = found._nodes.Count >= MostNodes;
        if (first.LeadsToEnd)
        {
            found._order.Reverse();
            found.Finals =
            [
                .. found._order.Where(node => found.IsEnd(node.Done))
                    .OrderByDescending(node => BitOperations.PopCount(node.Done))
                    .Select(node => node.State)
                    .DistinctBy(state => state.Fingerprint),
            ];
        }

        return found;
    }

    /// <summary>Those of <see cref="Moments"/> that lead to one of the <see cref="Finals"/>.</summary>
    public IEnumerable<Moment> MomentsTo(FileSystemState final)
    {
        HashSet<Node> leading = [];
        for (int i = _order.Count - 1; i >= 0; i--)
        {
            Node node = _order[i];
            bool isFinal = IsEnd(node.Done) && node.State.Fingerprint == final.Fingerprint;
            if (isFinal || node.Next.Exists(next => leading.Contains(next.Node)))
            {
                leading.Add(node);
            }
        }

        return MomentsOf(leading);
    }

    private Node Explore(FileSystemState state, ulong done)
    {
        if (_nodes.TryGetValue((done, state.Fingerprint), out Node? known))
        {
            return known;
        }

        var node = new Node(state, done) { LeadsToEnd = IsEnd(done) };
        _nodes.Add((done, state.Fingerprint), node);
        for (int i = 0; i < _history.Calls.Count && _nodes.Count < MostNodes; i++)
        {
            if ((done & (1UL << i)) == 0 && IsNext(i, done) && After(state, _history.Calls[i]) is { } next)
            {
                Node below = Explore(next, done | (1UL << i));
                node.Next.Add((below, next.Cause));
                node.LeadsToEnd |= below.LeadsToEnd;
            }
        }

        _order.Add(node);
        return node;
    }

    /// <summary>All that was answered is done.</summary>
    private bool IsEnd(ulong done) => (done & _answered) == _answered;

    /// <summary>Whether all that was over before it began is done.</summary>
    private bool IsNext(int call, ulong done)
    {
        for (int i = 0; i < _history.Calls.Count; i++)
        {
            if ((done & (1UL << i)) == 0 && _history.Calls[i].IsBefore(_history.Calls[call]))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>Null if it would have been answered otherwise.</returns>
    private FileSystemState? After(FileSystemState state, ConcurrentCall call)
    {
        (FileSystemState next, Answer right) = state.After(call.Operation, _step);
        if (call.Answer is not { } given)
        {
            return next;
        }

        (next, right) = state.OrIfFull((next, right), call.Operation, given, _step);
        if (right == given)
        {
            next.IsAcknowledged = true;
            return next;
        }

        // A write that an error ended in the middle says how far it came, and did just that.
        if (_shorter(call.Operation, given) is { } shorter)
        {
            (next, Answer rightOfShorter) = state.After(shorter, _step);
            return rightOfShorter == given ? next : null;
        }

        return _agree(right, given) ? state : null;
    }

    private IEnumerable<Moment> MomentsOf(HashSet<Node> nodes)
    {
        HashSet<(ulong State, ulong From)> seen = [];
        foreach (Node node in _order.Where(node => nodes.Contains(node) && (node.Done & Synced) == Synced))
        {
            if (HasSynced && seen.Add((node.State.Fingerprint, 0)))
            {
                yield return new Moment(node.State, From: null, Operation: null);
            }

            foreach ((Node next, FileOperation? operation) in node.Next)
            {
                if (nodes.Contains(next) && next.State.Fingerprint != node.State.Fingerprint && seen.Add((next.State.Fingerprint, node.State.Fingerprint)))
                {
                    yield return new Moment(next.State, node.State, operation);
                }
            }
        }
    }

    /// <summary>Some calls are done, and the files hold something.</summary>
    private sealed class Node(FileSystemState state, ulong done)
    {
        public FileSystemState State => state;

        public ulong Done => done;

        /// <summary>What can be next, and the operation that leads there: several may lead to the same.</summary>
        public List<(Node Node, FileOperation? Operation)> Next { get; } = [];

        /// <summary>All that was answered can be done from here.</summary>
        public bool LeadsToEnd { get; set; }
    }
}
