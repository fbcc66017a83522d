namespace Raid5Verify.Simulation;

/// <summary>
/// The disk of a host: one folder of files, which outlives the host's crashes. This is the harness's view, where faults
/// are laid on; the host's program sees it through its <see cref="HostLife.Disk"/>.
/// </summary>
public sealed class SimDisk
{
    private readonly Dice _crashDice;
    private readonly List<Action<SortedDictionary<string, SimFile>>> _pendingNames = [];
    private readonly SortedDictionary<string, SimFile> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimFile> _durableNames = new(StringComparer.Ordinal);
    private long _writesToFail;

    internal SimDisk(Host host)
    {
        Host = host;
        _crashDice = host.World.Dice.Fork($"{host.Name}/disk/crash");
        LatencyDice = host.World.Dice.Fork($"{host.Name}/disk/latency");
    }

    /// <summary>The most bytes that its files may hold together; null is no limit.</summary>
    public long? Capacity { get; set; }

    /// <summary>Every call takes this many times its latency; at least 1.</summary>
    public int SlowBy { get; set; } = 1;

    /// <summary>Writes that failed because of <see cref="FailWrites"/>.</summary>
    public long FailedWrites { get; private set; }

    /// <summary>The files by name, in ordinal order, changes not yet flushed included.</summary>
    public IReadOnlyDictionary<string, SimFile> Files => _names;

    internal Host Host { get; }

    internal Dice LatencyDice { get; }

    internal HostLife? LockedBy { get; set; }

    /// <summary>The next writes fail with <see cref="DiskStatus.IoError"/> and change nothing.</summary>
    public void FailWrites(long count) => _writesToFail = count;

    internal SimFile? Find(string name) => _names.GetValueOrDefault(name);

    internal SimFile Create(string name)
    {
        var file = new SimFile(this, name);
        Change("create", name, names => names[name] = file);
        return file;
    }

    internal DiskStatus Delete(string name)
    {
        if (!_names.ContainsKey(name))
        {
            return DiskStatus.NotFound;
        }

        Change("delete", name, names => names.Remove(name));
        return DiskStatus.Ok;
    }

    internal DiskStatus Rename(string from, string to)
    {
        if (!_names.ContainsKey(from))
        {
            return DiskStatus.NotFound;
        }

        Change($"rename to {to}", from, names =>
        {
            if (names.Remove(from, out var file))
            {
                names[to] = file;
            }
        });
        return DiskStatus.Ok;
    }

    /// <summary>How many changes of names a flush that begins now makes durable.</summary>
    internal int BeginFlushNames() => _pendingNames.Count;

    internal void EndFlushNames(int count)
    {
        // An overlapping flush may have taken some of them already; the oldest are then gone.
        count = Math.Min(count, _pendingNames.Count);
        foreach (var change in _pendingNames.Take(count))
        {
            change(_durableNames);
        }

        _pendingNames.RemoveRange(0, count);
    }

    internal bool TakeWriteFailure()
    {
        if (_writesToFail == 0)
        {
            return false;
        }

        _writesToFail--;
        FailedWrites++;
        return true;
    }

    /// <summary>Whether a file may grow to a length within <see cref="Capacity"/>.</summary>
    internal bool HasRoom(SimFile growing, long length) =>
        Capacity is null || length <= growing.Length
        || _names.Values.Sum(file => file == growing ? length : file.Length) <= Capacity;

    internal void Crash()
    {
        EndFlushNames(_crashDice.Next(_pendingNames.Count + 1));
        _pendingNames.Clear();
        _names.Clear();
        foreach (var (name, file) in _durableNames)
        {
            _names.Add(name, file);
        }

        foreach (var file in _names.Values)
        {
            file.Crash(_crashDice);
        }
    }

    private void Change(string what, string name, Action<SortedDictionary<string, SimFile>> change)
    {
        Host.World.Trace.Emit(TraceKind.DiskNameChanged, Host, new Label(name), detail: new Label(what));
        change(_names);
        _pendingNames.Add(change);
    }
}
