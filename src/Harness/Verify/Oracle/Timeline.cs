namespace Raid5Verify.Oracle;

/// <summary>What made a state the oldest one to which a crash may lead.</summary>
internal enum Floor
{
    /// <summary>A commit was acknowledged: mkfs, fsync, unmount.</summary>
    Synced,

    /// <summary>A client recovered it, and no later recovery may go back behind it.</summary>
    Recovered,
}

/// <summary>The states that the file system went through since the last one that must survive, in one possible past.</summary>
internal sealed class Timeline(FileSystemState oldest, Floor floor)
{
    private readonly List<FileSystemState> _states = [oldest];

    /// <summary>What made <see cref="Oldest"/> the oldest.</summary>
    public Floor Floor { get; private set; } = floor;

    public FileSystemState Oldest => _states[0];

    public FileSystemState Latest => _states[^1];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<FileSystemState> States => _states;

    public void Add(FileSystemState state)
    {
        if (state != Latest)
        {
            _states.Add(state);
        }
    }

    /// <summary>From now on nothing older than the latest state may come back.</summary>
    /// <returns>The states that may not.</returns>
    public List<FileSystemState> Sync()
    {
        List<FileSystemState> old = _states[..^1];
        _states.RemoveRange(0, old.Count);
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
        for (int i = 1; i < _states.Count; i++)
        {
            foreach (var part in _states[i].Cause!.Parts(block))
            {
                yield return _states[i - 1].After(part, _states[i].Step).State;
            }

            yield return _states[i];
        }
    }

    /// <summary>How many acknowledged operations are lost if the file system is back at a state of this timeline.</summary>
    public int OperationsAfter(FileSystemState state) =>
        _states.Count(later => later.IsAcknowledged && later.Step > state.Step);
}
