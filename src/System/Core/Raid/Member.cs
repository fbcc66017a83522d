using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// A member as the array sees it: whether it can be reached, and which rows are stale on it.
/// </summary>
/// <remarks>
/// <code>
///            answers a probe, nothing stale
///    +---------------------------------------------+
///    |                                             v
///  Away ---- answers a probe, rows stale ----> Refilling ---- last stale row refilled ----> InSync
///    ^                                             |                                          |
///    |                                             |          a write that is not             |
///    |                                             |          acknowledged: stale row         |
///    |                                             ^------------------------------------------+
///    +---- a call fails for longer than the retry budget, or another server answers ----------+
/// </code>
/// <para>A unit is usable if its member is reachable and its row is not stale on it. A row becomes stale when a
/// write should have changed the unit and was not acknowledged, and is so no more when one was. Both happen under the
/// row's lock.</para>
/// <para>A member that is away at the start may have missed anything: all its rows are stale.</para>
/// </remarks>
internal sealed class Member
{
    private readonly RowSet _stale;
    private readonly AsyncSignal _changed;

    /// <param name="client">Calls it.</param>
    /// <param name="rows">Rows of the array.</param>
    /// <param name="isReachable">Whether it answered when the array was opened.</param>
    public Member(MemberClient client, long rows, bool isReachable)
    {
        Client = client;
        IsReachable = isReachable;
        _stale = new RowSet(rows);
        _changed = new AsyncSignal();
        client.WhenLost = Leave;
        if (!isReachable)
        {
            _stale.AddAll();
        }
    }

    public MemberClient Client { get; }

    public MemberIndex Index => Client.Member;

    public bool IsReachable { get; private set; }

    public long StaleRows => _stale.Count;

    public MemberState State =>
        !IsReachable ? MemberState.Away
        : _stale.Count > 0 ? MemberState.Refilling
        : MemberState.InSync;

    /// <summary>Set when there may be something to do for its caretaker.</summary>
    public AsyncSignal Changed => _changed;

    public bool IsStale(Row row) => _stale.Contains(row);

    public bool IsUsable(Row row) => IsReachable && !_stale.Contains(row);

    public Row? FirstStaleFrom(Row row) => _stale.FirstFrom(row);

    /// <summary>It misses a write of this row.</summary>
    public void MarkStale(Row row)
    {
        _stale.Add(row);
        _changed.Set();
    }

    /// <summary>It acknowledged the newest content of this row.</summary>
    public void MarkCurrent(Row row) => _stale.Remove(row);

    /// <summary>It answered a probe.</summary>
    public void Return() => IsReachable = true;

    public MemberStatus ToStatus() => new(
        Index,
        State,
        _stale.Count,
        Client.Requests,
        Client.BlocksRead,
        Client.BlocksWritten,
        Client.Refusal);

    private void Leave()
    {
        IsReachable = false;
        _changed.Set();
    }
}
