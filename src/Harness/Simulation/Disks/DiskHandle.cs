namespace Raid5Verify.Simulation;

/// <summary>
/// A host's disk as one life of its program sees it: asynchronous calls that take virtual time. At a crash a pending
/// call just never completes.
/// </summary>
public sealed class DiskHandle
{
    private static readonly Label Folder = new("folder");

    private readonly HostLife _life;
    private readonly SimDisk _disk;

    internal DiskHandle(HostLife life, SimDisk disk)
    {
        _life = life;
        _disk = disk;
    }

    /// <returns>The file, if the status is <see cref="DiskStatus.Ok"/>.</returns>
    public Task<(DiskStatus Status, FileHandle? File)> OpenAsync(string name, OpenMode mode)
    {
        var act = NameAct(name, mustExist: mode == OpenMode.Existing);
        return Call(act, () => Open(name, mode));
    }

    public Task<DiskStatus> DeleteAsync(string name) => Call(NameAct(name), () => _disk.Delete(name));

    public Task<DiskStatus> RenameAsync(string from, string to) => Call(NameAct(from), () => _disk.Rename(from, to));

    /// <summary>The names of all files, in ordinal order.</summary>
    public Task<IReadOnlyList<string>> ListAsync() =>
        Call(new DiskAct(CrashPointKind.Query, Folder), () => (IReadOnlyList<string>)[.. _disk.Files.Keys]);

    /// <summary>Makes the creations, renames and deletions so far durable.</summary>
    public Task<DiskStatus> FlushFolderAsync()
    {
        var changes = _disk.BeginFlushNames();
        return Call(
            new DiskAct(CrashPointKind.FolderFlush, Folder), () => _disk.EndFlushNames(changes) ? DiskStatus.Ok : DiskStatus.IoError);
    }

    /// <summary>Takes the folder until the life ends.</summary>
    public Task<DiskStatus> LockAsync() => Call(new DiskAct(CrashPointKind.Query, Folder), () =>
    {
        if (_disk.LockedBy is not null && _disk.LockedBy != _life)
        {
            return DiskStatus.Busy;
        }

        _disk.LockedBy = _life;
        return DiskStatus.Ok;
    });

    internal HostLife Life => _life;

    internal SimDisk Disk => _disk;

    internal void Release()
    {
        if (_disk.LockedBy == _life)
        {
            _disk.LockedBy = null;
        }
    }

    /// <summary>Begins a call that takes effect when its latency is over; never, if the life ends before.</summary>
    internal Task<T> Call<T>(DiskAct act, Func<T> effect) => Begin(new DiskCall<T>(_life, act, effect, tookEffect: false));

    /// <summary>Begins a call whose effect the disk shows already: when its latency is over, the program is told.</summary>
    internal Task<T> Ending<T>(DiskAct act, Func<T> end) => Begin(new DiskCall<T>(_life, act, end, tookEffect: true));

    internal void ReportChangedBuffer(SimFile file, long offset) => _life.World.ReportFailure(new SimulationException(
        SimulationFailure.BufferChanged,
        $"{_life.Host.Name} changed the buffer of a write to {file.Name} at {offset} while the write was outstanding"));

    private (DiskStatus Status, FileHandle? File) Open(string name, OpenMode mode)
    {
        var file = _disk.Find(name);
        if (file is null && mode != OpenMode.Existing)
        {
            file = _disk.Create(name);
        }
        else if (file is null || mode == OpenMode.New)
        {
            return (file is null ? DiskStatus.NotFound : DiskStatus.Exists, null);
        }

        return (DiskStatus.Ok, new FileHandle(this, file));
    }

    private static DiskAct NameAct(string name, bool mustExist = false) =>
        new(mustExist ? CrashPointKind.Query : CrashPointKind.NameChange, new Label(name));

    private Task<T> Begin<T>(DiskCall<T> call)
    {
        var world = _life.World;
        world.RequireSimulationThread("a disk call");
        if (!_life.IsDead)
        {
            var latency = world.Options.DiskLatency.DrawNs(_disk.LatencyDice) * _disk.SlowBy;
            call.Cause = world.Trace.Cause;
            world.Events.Add(call, world.NowNs + latency);
        }

        return call.Task;
    }

    private sealed class DiskCall<T>(HostLife life, DiskAct act, Func<T> end, bool tookEffect) : TimedEvent
    {
        private readonly TaskCompletionSource<T> _ended = new();

        internal Task<T> Task => _ended.Task;

        internal long Cause { get; set; }

        internal override void Fire()
        {
            if (life.IsDead)
            {
                return;
            }

            life.World.Trace.Cause = Cause;
            if (tookEffect || act.Passes(life, CrashMoment.Before))
            {
                var result = end();
                if (act.Passes(life, CrashMoment.After))
                {
                    _ended.SetResult(result);
                }
            }
        }
    }
}

/// <summary>What a disk call does, as its crash points tell it.</summary>
internal readonly record struct DiskAct(CrashPointKind Kind, Label What, long Offset = 0, long Length = 0)
{
    internal bool Passes(HostLife life, CrashMoment moment) => life.Passes(moment, Kind, What, Offset, Length);
}
