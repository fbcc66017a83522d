namespace Raid5Verify.Running;

/// <summary>What the system promises; a run that finds one broken says which. The numbers are those of the fault model.</summary>
public sealed record Promise
{
    private Promise(int number, string sentence)
    {
        Number = number;
        Sentence = sentence;
    }

    /// <summary>0 for what is no promise of the fault model.</summary>
    public int Number { get; }

    public string Sentence { get; }

    /// <summary>In a word or two, as scenarios write it: <c>promise 4</c>, <c>expectation</c>, <c>budget</c>, <c>soundness</c>.</summary>
    public string Name => Number > 0 ? $"promise {Number}" : this == Expectation ? "expectation" : this == Budget ? "budget" : "soundness";

    public static Promise Expectation { get; } = new(0, "What the scenario itself expects comes true.");

    public static Promise Budget { get; } = new(0, "The faults of a run for liveness leave what is demanded once they are over.");

    public static Promise Soundness { get; } = new(0, "The system breaks no invariant of its own, and throws nothing that nobody expects.");

    public static Promise NeverWrong { get; } = new(1, "A read returns the last acknowledged value, or an error.");

    public static Promise NoLoss { get; } = new(
        2, "With at most one bad unit a row, every operation succeeds, with correct bytes.");

    public static Promise OverlapIsExplicit { get; } = new(
        3, "A second fault in a row gives EIO on exactly the blocks that cannot be rebuilt; the neighbours stay readable.");

    public static Promise NoAmplification { get; } = new(
        4, "Read-modify-write, scrub, self-heal and refill never raise the number of bad units.");

    public static Promise Neighbours { get; } = new(5, "A crash never changes a block that was not written.");

    public static Promise AtomicCommit { get; } = new(
        6, "After any crash the file system is at the state after a prefix of the operations, at or after the last acknowledged fsync.");

    public static Promise Stability { get; } = new(
        7, "What a recovery decided, no later recovery undoes: once a read after it returned a value, no later read goes back.");

    public static Promise Fencing { get; } = new(
        8, "A stale member's blocks and a superseded client's writes are refused.");

    public static Promise Convergence { get; } = new(
        10, "When faults end, everything pending completes; after a scrub every row XORs to zero and a second finds nothing.");

    public static Promise Load { get; } = new(
        11, "With no fault and no hedge, requests a member follow the closed form, parity traffic included.");

    public static Promise Posix { get; } = new(
        12, "Every operation answers what the reference file system answers, errno included.");

    /// <summary>All that a run may find broken.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        NeverWrong, NoLoss, OverlapIsExplicit, NoAmplification, Neighbours, AtomicCommit, Stability, Fencing, Convergence, Load, Posix,
        Expectation, Budget, Soundness,
    ];

    public override string ToString() => Number == 0 ? Sentence : $"promise {Number}: {Sentence}";
}
