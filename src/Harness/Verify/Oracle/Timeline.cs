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
internal readonly record struct Moment(FileSystemState State, FileSystemState? From);

/// <summary>
/// The states that the file system went through since the last one that must survive, in one possible past. Where several tasks
/// asked side by side these are all states of all orders in which that may have been done.
/// </summary>
internal sealed class Timeline
{
    private readonly List<Moment> _moments;

    public Timeline(FileSystemState oldest, Floor floor)
        : this([new Moment(oldest, null)], floor)
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

    /// <summary>Whether nothing was done since the oldest.</summary>
    public bool IsShort => _moments.Count == 1;

    public void Add(FileSystemState state)
    {
        if (state != Latest)
        {
            _moments.Add(new Moment(state, Latest));
        }
    }

    /// <summary>What may have come of this past when tasks asked side by side.</summary>
    /// <param name="orders">Those in which they were done.</param>
    /// <param name="final">One of the states to which those lead.</param>
    public Timeline After(Linearization orders, FileSystemState final)
    {
        List<Moment> moments = orders.HasSynced ? [] : [.. _moments];
        moments.AddRange(orders.Moments);
        if (moments.Count == 0 || moments[^1].State != final)
        {
            moments.Add(new Moment(final, null));
        }

        return new Timeline(moments, orders.HasSynced ? Floor.Synced : Floor);
    }

    /// <summary>From now on nothing older than the latest state may come back.</summary>
    /// <returns>The states that may not.</returns>
    public List<FileSystemState> Sync()
    {
        List<FileSystemState> old = [.. _moments.SkipLast(1).Select(static moment => moment.State)];
        _moments.RemoveRange(0, old.Count);
        Floor = Floor.Synced;
        return old;
    }

    /// <summary>
    /// Every state to which a crash may lead now, oldest first. A long write may be committed in parts, each of them what
    /// a shorter write would have left.
    /// </summary>
    /// <param name="block">Bytes a block: parts end at its multiples.</param>
    public IEnumerable<FileSystemState> Possible(long block)
    {
        yield return Oldest;
        foreach ((FileSystemState state, FileSystemState? from) in _moments.Skip(1))
        {
            foreach (var part in from is null ? [] : state.Cause!.Parts(block))
            {
                yield return from!.After(part, state.Step).State;
            }

            yield return state;
        }
    }

    /// <summary>How many acknowledged operations are lost if the file system is back at a state of this timeline.</summary>
    public int OperationsAfter(FileSystemState state) =>
        _moments.Count(later => later.State.IsAcknowledged && later.State.Step > state.Step);
}
