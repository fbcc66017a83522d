using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// A member as the array sees it: whether it can be reached, whether the array counts on it, and which rows are stale on
/// it.
/// </summary>
/// <remarks>
/// <code>
///                 lost, and all others are counted on
///      InSync ------------------------------------------> Away, not counted on
///      |    ^                                               |            ^
/// lost |    | back, with                               joins|            | lost
///      v    | all it held                                   v            |
///   Away, counted on                                     Refilling ------+
///      (another is not)                                     |
///                                                           | no row stale, and in the
///                                                           v mask of a decided epoch
///                                                         InSync
/// </code>
/// <para>The array counts on a member if it holds everything up to the last decided epoch. All members but one, at
/// least, are counted on, so a second one that is lost still is: what only it holds is an error until it is back.</para>
/// <para>A row is stale on a member that is not counted on until its unit was written anew and acknowledged. A unit is
/// usable if its member can be reached and its row is not stale there.</para>
/// </remarks>
internal sealed class Member
{
    private readonly RowSet _stale;
    private readonly RowSet _leftBehind;

    /// <param name="client">Calls it.</param>
    /// <param name="rows">Rows of the array.</param>
    public Member(MemberClient client, long rows)
    {
        Client = client;
        _stale = new RowSet(rows);
        _leftBehind = new RowSet(rows);
        _stale.AddAll();
    }

    public MemberClient Client { get; }

    public MemberIndex Index => Client.Member;

    public bool IsReachable { get; private set; }

    /// <summary>It is in the mask of the last decision.</summary>
    public bool IsCounted { get; private set; }

    /// <summary>It is counted on and cannot be reached: rows that need it must wait.</summary>
    public bool IsMissing => IsCounted && !IsReachable;

    /// <summary>It joined, and nothing is stale on it any more: the next epoch may count on it.</summary>
    public bool IsReady => IsReachable && !IsCounted && _stale.Count == 0;

    /// <summary>Rows in which its unit is not what it should be.</summary>
    public long StaleRows => _stale.Count;

    /// <summary>How far its refill is; null while there is none.</summary>
    public RefillProgress? Refill { get; set; }

    public MemberState State =>
        !IsReachable ? MemberState.Away
        : IsCounted ? MemberState.InSync
        : MemberState.Refilling;

    /// <summary>Set when there may be something to do for its caretaker.</summary>
    public AsyncSignal Changed { get; } = new();

    public bool IsStale(Row row) => _stale.Contains(row);

    public bool IsUsable(Row row) => IsReachable && !_stale.Contains(row);

    public Row? FirstStaleFrom(Row row) => _stale.FirstFrom(row);

    /// <summary>The array counts on it from here on.</summary>
    public void Count()
    {
        IsCounted = true;
        _stale.Clear();
        Refill = null;
        Changed.Set();
    }

    /// <summary>The array no longer counts on it: it may miss anything.</summary>
    public void Discount()
    {
        IsCounted = false;
        _stale.AddAll();
        Changed.Set();
    }

    /// <summary>It takes part again, nothing of it being trusted yet.</summary>
    public void Join()
    {
        Invariant.Require(!IsCounted, "only a member that is not counted on joins");
        IsReachable = true;
        _stale.AddAll();
        _leftBehind.Clear();
    }

    /// <summary>
    /// These are the rows that it missed before it joined: nothing else is stale on it, but what was left behind since. What
    /// was written anew since is not.
    /// </summary>
    public void MarkMissed(IEnumerable<Row> missed)
    {
        Row[] stale = [.. missed.Where(_stale.Contains), .. _leftBehind.All()];
        _stale.Replace(stale);
        Changed.Set();
    }

    /// <summary>Its unit of this row is not what it should be any more: the row was written without it.</summary>
    public void LeaveBehind(Row row)
    {
        Invariant.Require(!IsCounted, "nothing is written without a member that is counted on");
        _stale.Add(row);
        _leftBehind.Add(row);
        Changed.Set();
    }

    /// <summary>It answers, and holds all that the array counts on it for.</summary>
    public void Return()
    {
        IsReachable = true;
        Changed.Set();
    }

    public void Leave()
    {
        IsReachable = false;
        Refill = null;
        if (!IsCounted)
        {
            _stale.AddAll();
        }

        Changed.Set();
    }

    /// <summary>It acknowledged the newest content of its unit in this row.</summary>
    public void MarkCurrent(Row row)
    {
        _stale.Remove(row);
        _leftBehind.Remove(row);
        if (IsReady)
        {
            Changed.Set();
        }
    }

    public MemberStatus ToStatus() => new(
        Index,
        State,
        IsCounted,
        IsCounted ? 0 : _stale.Count,
        Client.Traffic.Snapshot(Client.Expected?.BlockSize ?? 0),
        Refill,
        Client.Refusal);
}
