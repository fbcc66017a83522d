namespace Raid5Verify.Simulation;

/// <summary>What a crash makes of writes and changes of names that were not flushed.</summary>
public enum UnflushedFate
{
    /// <summary>The dice decide for each sector, and for the names how many.</summary>
    Drawn,

    /// <summary>All of it is lost.</summary>
    Lost,

    /// <summary>All of it survives.</summary>
    Kept,
}

/// <summary>
/// The disk of a host: one folder of files, which outlives the host's crashes. This is the harness's view, where faults
/// are laid on; the host's program sees it through its <see cref="HostLife.Disk"/>.
/// </summary>
public sealed class SimDisk
{
    private static readonly Label Image = new("load an image");

    private readonly Dice _crashDice;
    private readonly List<Action<SortedDictionary<string, SimFile>>> _pendingNames = [];
    private readonly SortedDictionary<string, SimFile> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimFile> _durableNames = new(StringComparer.Ordinal);
    private readonly List<WriteFault> _writeFaults = [];
    private readonly List<FlushLie> _flushLies = [];
    private readonly Dice _misdirectionDice;
    private readonly Dice _tearingDice;
    private readonly List<FailingCalls> _failingWrites = [];
    private readonly List<FailingCalls> _failingReads = [];
    private readonly List<FailingCalls> _failingFlushes = [];

    internal SimDisk(Host host)
    {
        Host = host;
        _crashDice = host.World.Dice.Fork($"{host.Name}/disk/crash");
        _tearingDice = _crashDice.Fork("torn");
        _misdirectionDice = host.World.Dice.Fork($"{host.Name}/disk/misdirect");
        LatencyDice = host.World.Dice.Fork($"{host.Name}/disk/latency");
    }

    /// <summary>The most bytes that its files may hold together; null is no limit.</summary>
    public long? Capacity { get; set; }

    /// <summary>Every call takes this many times its latency; at least 1.</summary>
    public int SlowBy { get; set; } = 1;

    /// <summary>
    /// Of the sectors with writes that were not flushed, a crash leaves one in so many <see cref="DamageKind.Unreadable"/>,
    /// besides drawing which of the writes it keeps: 1 for every one, 0 for none. Default 0.
    /// </summary>
    public uint TornSectorsUnreadable { get; set; }

    /// <summary>What crashes make of what was not flushed. Default: drawn.</summary>
    public UnflushedFate Unflushed { get; set; }

    /// <summary>Changes of names that a crash could still lose.</summary>
    public bool HasUnflushedNames => _pendingNames.Count > 0;

    /// <summary>Sectors that crashes left unreadable because of <see cref="TornSectorsUnreadable"/>.</summary>
    public long TornSectors { get; private set; }

    /// <summary>Writes that failed because of <see cref="FailWrites"/>.</summary>
    public long FailedWrites => _failingWrites.Sum(static calls => calls.Met);

    /// <summary>Reads that failed because of <see cref="FailReads"/>.</summary>
    public long FailedReads => _failingReads.Sum(static calls => calls.Met);

    /// <summary>Flushes that failed because of <see cref="FailFlushes"/>.</summary>
    public long FailedFlushes => _failingFlushes.Sum(static calls => calls.Met);

    /// <summary>Calls that found no room within <see cref="Capacity"/>.</summary>
    public long FullCalls { get; private set; }

    /// <summary>The files by name, in ordinal order, changes not yet flushed included.</summary>
    public IReadOnlyDictionary<string, SimFile> Files => _names;

    internal Host Host { get; }

    internal Dice LatencyDice { get; }

    internal HostLife? LockedBy { get; set; }

    /// <summary>The next writes fail with <see cref="DiskStatus.IoError"/> and change nothing.</summary>
    /// <returns>To follow it, and to call it off. Of several, the one armed first fails first.</returns>
    public FailingCalls FailWrites(long count) => Arm(_failingWrites, count);

    /// <summary>
    /// The next reads fail with <see cref="DiskStatus.IoError"/>, whatever they read; the same bytes can be read after.
    /// </summary>
    /// <returns>To follow it, and to call it off. Of several, the one armed first fails first.</returns>
    public FailingCalls FailReads(long count) => Arm(_failingReads, count);

    /// <summary>
    /// The next flushes of files and of the folder fail with <see cref="DiskStatus.IoError"/> and make nothing durable: what they
    /// cover stays as it was, visible and for a crash to lose, until another flush makes it durable. One that covers nothing passes.
    /// </summary>
    /// <param name="count">Flushes that fail; ≥ 0.</param>
    /// <param name="after">So many that cover something succeed before.</param>
    /// <returns>To follow it, and to call it off. Of several, the one armed first fails first.</returns>
    public FailingCalls FailFlushes(long count, long after = 0) => Arm(_failingFlushes, count, after);

    /// <summary>The next writes are acknowledged and never done: reads go on to find the old bytes.</summary>
    /// <param name="count">Writes to lose; ≥ 0.</param>
    /// <param name="fileName">Only those to this file; null for any.</param>
    public WriteFault LoseWrites(long count, string? fileName = null) => Arm(WriteFaultKind.Lost, count, fileName);

    /// <summary>
    /// The next writes are acknowledged and done in the wrong place: of the same file, within its length, without touching
    /// the right place, and as well aligned to the write's length as that was. Which one, the dice say.
    /// </summary>
    /// <param name="count">Writes to misdirect; ≥ 0.</param>
    /// <param name="fileName">Only those to this file; null for any.</param>
    public WriteFault MisdirectWrites(long count, string? fileName = null) => Arm(WriteFaultKind.Misdirected, count, fileName);

    /// <summary>The next flushes of files report success and make nothing durable. Flushes of the folder stay honest.</summary>
    /// <param name="count">Flushes that lie; ≥ 0.</param>
    /// <param name="fileName">Only those of this file; null for any.</param>
    public FlushLie LieAtFlushes(long count, string? fileName = null)
    {
        var lie = new FlushLie(this, count, fileName);
        _flushLies.Add(lie);
        return lie;
    }

    /// <summary>Whether a flush has lied: from then on what is durable is not what was said to be.</summary>
    public bool HasLied => _flushLies.Exists(static lie => lie.Told > 0);

    /// <summary>What a crash that loses all that was not flushed would leave; without damage.</summary>
    public DiskImage Save() => new([.. _durableNames.Select(static pair => (pair.Key, pair.Value.Save()))]);

    /// <summary>
    /// Puts the files of an image in the place of all that is there, durably. Who has an old file open keeps that one.
    /// </summary>
    public void Load(DiskImage image)
    {
        Host.World.RequireSimulationThread("the loading of an image");
        Host.World.Trace.Emit(TraceKind.DiskNameChanged, Host, detail: Image);
        _pendingNames.Clear();
        _names.Clear();
        _durableNames.Clear();
        foreach (var (name, (bytes, length)) in image.Files)
        {
            var file = new SimFile(this, name, bytes, length);
            _names.Add(name, file);
            _durableNames.Add(name, file);
        }
    }

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

    /// <returns>False if it fails.</returns>
    internal bool EndFlushNames(int count)
    {
        if (count > 0 && _pendingNames.Count > 0 && TakeFlushFailure())
        {
            return false;
        }

        MakeNamesDurable(count);
        return true;
    }

    internal bool TakeWriteFailure() => TakeFailure(_failingWrites);

    internal bool TakeReadFailure() => TakeFailure(_failingReads);

    internal bool TakeFlushFailure() => TakeFailure(_failingFlushes);

    /// <summary>The fault that waits for a write to this file, the one armed first; null almost always.</summary>
    internal WriteFault? WriteFaultOf(SimFile file)
    {
        foreach (var fault in _writeFaults)
        {
            if (fault.Remaining > 0 && IsNamed(file, fault.FileName))
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Likewise for a flush.</summary>
    internal FlushLie? FlushLieOf(SimFile file)
    {
        foreach (var lie in _flushLies)
        {
            if (lie.Remaining > 0 && IsNamed(file, lie.FileName))
            {
                return lie;
            }
        }

        return null;
    }

    internal long CountPending(FlushLie lie) =>
        _names.Values.Union(_durableNames.Values).Sum(file => file.CountPending(lie));

    /// <summary>Draws one of the places that a write could go to by mistake.</summary>
    internal long DrawMisdirection(long places) => _misdirectionDice.NextInt64(places);

    /// <summary>Whether a crash leaves this sector, which had writes that were not flushed, unreadable.</summary>
    internal bool Tears()
    {
        if (TornSectorsUnreadable == 0 || !_tearingDice.Chance(1, TornSectorsUnreadable))
        {
            return false;
        }

        TornSectors++;
        return true;
    }

    /// <summary>Whether a file may grow to a length within <see cref="Capacity"/>.</summary>
    internal bool HasRoom(SimFile growing, long length)
    {
        var hasRoom = Capacity is null || length <= growing.Length
            || _names.Values.Sum(file => file == growing ? length : file.Length) <= Capacity;
        FullCalls += hasRoom ? 0 : 1;
        return hasRoom;
    }

    /// <summary>How many of so many changes, the oldest first, a crash keeps.</summary>
    internal int DrawSurvivors(Dice dice, int changes) => Unflushed switch
    {
        UnflushedFate.Lost => 0,
        UnflushedFate.Kept => changes,
        _ => dice.Next(changes + 1),
    };

    internal void Crash()
    {
        MakeNamesDurable(DrawSurvivors(_crashDice, _pendingNames.Count));
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

    private void MakeNamesDurable(int count)
    {
        // An overlapping flush may have taken some of them already; the oldest are then gone.
        count = Math.Min(count, _pendingNames.Count);
        foreach (var change in _pendingNames.Take(count))
        {
            change(_durableNames);
        }

        _pendingNames.RemoveRange(0, count);
    }

    private static FailingCalls Arm(List<FailingCalls> all, long count, long spared = 0)
    {
        var calls = new FailingCalls(count, spared);
        all.Add(calls);
        return calls;
    }

    private static bool TakeFailure(List<FailingCalls> all)
    {
        foreach (var calls in all)
        {
            if (calls.Remaining > 0)
            {
                return calls.TryFail();
            }
        }

        return false;
    }

    private WriteFault Arm(WriteFaultKind kind, long count, string? fileName)
    {
        var fault = new WriteFault(kind, count, fileName);
        _writeFaults.Add(fault);
        return fault;
    }

    private bool IsNamed(SimFile file, string? name) => name is null || Find(name) == file;

    private void Change(string what, string name, Action<SortedDictionary<string, SimFile>> change)
    {
        Host.World.Trace.Emit(TraceKind.DiskNameChanged, Host, new Label(name), detail: new Label(what));
        change(_names);
        _pendingNames.Add(change);
    }
}
