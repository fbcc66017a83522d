using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/// <summary>What made a state the oldest one to which a crash may lead.</summary>
internal enum Floor
{
    /// <summary>A commit was acknowledged: mkfs, fsync, unmount.</summary>
    Synced,

    /// <summary>A client recovered it, and no later recovery may go back behind it.</summary>
    Recovered,
}

/// <summary>A state that the file system may have been in.</summary>
/// <param name="State">The state.</param>
/// <param name="From">The one before it; null if it is not known, or too old to come back.</param>
/// <param name="Operation">What led from that one to this one.</param>
internal readonly record struct Moment(FileSystemState State, FileSystemState? From, FileOperation? Operation);

/// <summary>A state to which a crash may lead.</summary>
/// <param name="State">The state.</param>
/// <param name="OperationsLost">Acknowledged operations, not yet committed, that are then undone.</param>
internal readonly record struct PossibleState(FileSystemState State, int OperationsLost);

/// <summary>
/// The states that the file system went through since the last one that must survive, in one possible past. Where several tasks
/// asked side by side these are all states of all orders in which that may have been done.
/// </summary>
internal sealed class Timeline
{
    private readonly List<Moment> _moments;

    public Timeline(FileSystemState oldest, Floor floor)
        : this([new Moment(oldest, null, null)], floor)
    {
    }

    private Timeline(List<Moment> moments, Floor floor)
    {
        _moments = moments;
        Floor = floor;
    }

    /// <summary>What made <see cref="Oldest"/> the oldest.</summary>
    public Floor Floor { get; private set; }

    public FileSystemState Oldest => _moments[0].State;

    public FileSystemState Latest => _moments[^1].State;

    /// <summary>Oldest first.</summary>
    public IEnumerable<FileSystemState> States => _moments.Select(static moment => moment.State);

    /// <summary>Whether nothing was done since the oldest.</summary>
    public bool IsShort => _moments.Count == 1;

    public void Add(FileSystemState state)
    {
        if (state != Latest)
        {
            _moments.Add(new Moment(state, Latest, state.Cause));
        }
    }

    /// <summary>What may have come of this past when tasks asked side by side.</summary>
    /// <param name="orders">Those in which they were done.</param>
    /// <param name="final">The state to which they led, one of those of the orders.</param>
    public Timeline After(Linearization orders, FileSystemState final)
    {
        Timeline after = With(orders, orders.MomentsTo(final));
        if (after._moments.Count == 0 || after.Latest != final)
        {
            after._moments.Add(new Moment(final, null, null));
        }

        return after;
    }

    /// <summary>The same where the client has ended: which state it would go on from does not matter, only what there was.</summary>
    public Timeline AfterAny(Linearization orders) => With(orders, orders.Moments);

    private Timeline With(Linearization orders, IEnumerable<Moment> moments) =>
        orders.HasSynced ? new Timeline([.. moments], Floor.Synced) : new Timeline([.. _moments, .. moments], Floor);

    /// <summary>From now on nothing older than the latest state may come back.</summary>
    /// <returns>The states that may not.</returns>
    public List<FileSystemState> Sync()
    {
        List<FileSystemState> old = [.. States.SkipLast(1)];
        _moments.RemoveRange(0, old.Count);
        Floor = Floor.Synced;
        return old;
    }

    /// <summary>
    /// Every state to which a crash may lead now, oldest first. A long write may be committed in parts, each of them what
    /// a shorter write would have left.
    /// </summary>
    /// <param name="block">Bytes a block: parts end at its multiples.</param>
    public IEnumerable<PossibleState> Possible(long block)
    {
        int lost = _moments.Skip(1).Count(static moment => moment.State.IsAcknowledged);
        yield return new PossibleState(Oldest, lost);
        foreach ((FileSystemState state, FileSystemState? from, FileOperation? operation) in _moments.Skip(1))
        {
            foreach (FileOperation part in from is null ? [] : operation!.Parts(block))
            {
                yield return new PossibleState(from!.After(part, state.Step).State, lost);
            }

            lost -= state.IsAcknowledged ? 1 : 0;
            yield return new PossibleState(state, lost);
        }
    }
}
