using Raid5Verify.Running;

namespace Raid5Verify.Oracle;

/// <summary>
/// What the blocks of an array may hold: for each the values that it may have now, and for all of them together the
/// states that a recovery may find.
/// </summary>
/// <remarks>
/// <para>The whole of promises 1, 5, 6 and 7 for blocks. A block holds the last value that was written, or, after a write
/// that failed or is under way, that one or the ones before. A recovery finds the device as it was at the last commit that
/// was acknowledged, or as one that was asked for since would have left it: all blocks of one such state.</para>
/// <para>A value is a small number, and a set of them a mask of bits. Value 0 is a block of zeros.</para>
/// </remarks>
internal sealed class BlockHistory
{
    private readonly List<ulong[]> _offered = [];
    private readonly ulong[] _now;
    private readonly ulong[] _past;
    private ulong[] _committed;
    private bool _isRecovered;

    /// <param name="blocks">Of the device.</param>
    /// <param name="value">All of them hold it, and that is committed.</param>
    public BlockHistory(int blocks, int value)
    {
        _now = new ulong[blocks];
        Array.Fill(_now, 1UL << value);
        _committed = [.. _now];
        _past = new ulong[blocks];
    }

    /// <summary>Values that are beyond it.</summary>
    public const int MaxValue = 63;

    public int Blocks => _now.Length;

    /// <summary>A write of a block is under way.</summary>
    public void BeginWrite(int block, int value) => _now[block] |= 1UL << value;

    /// <summary>The write of the block was acknowledged. One that failed is never told.</summary>
    public void EndWrite(int block, int value) => _now[block] = 1UL << value;

    /// <summary>A commit is under way.</summary>
    public void BeginCommit() => _offered.Add([.. _now]);

    /// <summary>The commit that began last was acknowledged. One that failed is never told: it is still in flight.</summary>
    public void EndCommit()
    {
        NotePast([_committed]);
        _committed = _offered[^1];
        _offered.Clear();
        _isRecovered = false;
    }

    /// <summary>What a client reads that has lived all the time.</summary>
    /// <param name="block">Which.</param>
    /// <param name="value">What it read; null for bytes that nobody ever wrote.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public Misread? JudgeRead(int block, int? value) =>
        IsOneOf(_now[block], value) ? null : new Misread(Promise.NeverWrong, block, Names(_now[block]), Name(value));

    /// <summary>
    /// What a client that just recovered the array read of all blocks. If it is right, it is the state from here on.
    /// </summary>
    /// <param name="values">By block: a value, null for bytes that nobody ever wrote.</param>
    /// <param name="isRead">By block: false where it could not be read.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public Misread? Recover(IReadOnlyList<int?> values, IReadOnlyList<bool> isRead)
    {
        ulong[][] states = [_committed, .. _offered];
        if (!Array.Exists(states, state => FirstOther(state, values, isRead) is null))
        {
            int block = FirstOther(_committed, values, isRead)!.Value;
            bool wasWritten = _now[block] != _committed[block] || Array.Exists(states, state => state[block] != _committed[block]);
            ulong anywhere = states.Aggregate(_now[block], (all, state) => all | state[block]);
            return new Misread(
                IsOneOf(anywhere, values[block]) ? Promise.AtomicCommit
                    : IsOneOf(_past[block], values[block]) ? (_isRecovered ? Promise.Stability : Promise.AtomicCommit)
                    : wasWritten ? Promise.NeverWrong
                    : Promise.Neighbours,
                block,
                $"all of one state: {string.Join(", or ", states.Select(Describe))}",
                string.Join(' ', values.Select((value, at) => isRead[at] ? Name(value) : "EIO")));
        }

        for (int block = 0; block < Blocks; block++)
        {
            // One that could not be read may hold what any of the states that are still possible says.
            _now[block] = isRead[block]
                ? 1UL << values[block]!.Value
                : states.Where(state => FirstOther(state, values, isRead) is null).Aggregate(0UL, (all, state) => all | state[block]);
        }

        NotePast(states);
        _committed = [.. _now];
        _offered.Clear();
        _isRecovered = true;
        return null;
    }

    /// <summary>No recovery may find them again, but for what the next state has in common with them.</summary>
    private void NotePast(ulong[][] states)
    {
        foreach (ulong[] state in states)
        {
            for (int block = 0; block < Blocks; block++)
            {
                _past[block] |= state[block];
            }
        }
    }

    private static int? FirstOther(ulong[] state, IReadOnlyList<int?> values, IReadOnlyList<bool> isRead)
    {
        for (int block = 0; block < state.Length; block++)
        {
            if (isRead[block] && !IsOneOf(state[block], values[block]))
            {
                return block;
            }
        }

        return null;
    }

    private static bool IsOneOf(ulong set, int? value) => value is { } one && (set >> one & 1) != 0;

    private static string Describe(ulong[] state) => string.Join(' ', state.Select(Names));

    private static string Names(ulong set) =>
        string.Join('|', Enumerable.Range(0, MaxValue + 1).Where(value => (set >> value & 1) != 0));

    private static string Name(int? value) => value is { } one ? $"{one}" : "garbage";
}

/// <summary>A block that does not hold what it should.</summary>
/// <param name="Promise">The promise that this breaks.</param>
/// <param name="Block">Which.</param>
/// <param name="Expected">Values, by their numbers.</param>
/// <param name="Actual">The same.</param>
internal sealed record Misread(Promise Promise, int Block, string Expected, string Actual);
