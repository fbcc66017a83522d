namespace Raid5Verify.Simulation;

/// <summary>An open file, as one life of a host's program sees it.</summary>
public sealed class FileHandle
{
    private readonly DiskHandle _disk;
    private readonly SimFile _file;

    internal FileHandle(DiskHandle disk, SimFile file)
    {
        _disk = disk;
        _file = file;
    }

    /// <summary>Reads exactly the destination; past the end are zeros. Filled when the call completes, not before.</summary>
    public Task<DiskStatus> ReadAsync(long offset, Memory<byte> destination) =>
        _disk.Call(
            Act(CrashPointKind.Read, offset, destination.Length),
            () => _disk.Disk.TakeReadFailure()
                ? _file.Fail("read error", offset, destination.Length)
                : _file.Read(offset, destination.Span));

    /// <summary>Writes all of the source, which stays unchanged until the call completes: that is checked.</summary>
    public Task<DiskStatus> WriteAsync(long offset, ReadOnlyMemory<byte> source)
    {
        var act = Act(CrashPointKind.Write, offset, source.Length);
        if (!Reaches(act))
        {
            return Never();
        }

        if (source.IsEmpty)
        {
            // It changes nothing, the length neither.
            return _disk.Ending(act, static () => DiskStatus.Ok);
        }

        if (_disk.Disk.TakeWriteFailure())
        {
            return _disk.Ending(act, () => _file.Fail("write error", offset, source.Length));
        }

        if (!_disk.Disk.HasRoom(_file, offset + source.Length))
        {
            return _disk.Ending(act, static () => DiskStatus.Full);
        }

        var write = _file.Write(offset, source.Span);
        return _disk.Ending(act, () =>
        {
            if (!source.Span.SequenceEqual(write.Data))
            {
                _disk.ReportChangedBuffer(_file, offset);
            }

            write.HasEnded = true;
            return DiskStatus.Ok;
        });
    }

    /// <summary>Makes the writes and truncations that have completed so far durable.</summary>
    public Task<DiskStatus> FlushAsync()
    {
        var writes = _file.BeginFlush();
        return _disk.Call(Act(CrashPointKind.Flush), () => _file.EndFlush(writes));
    }

    public Task<DiskStatus> TruncateAsync(long length)
    {
        var act = Act(CrashPointKind.Truncate, length);
        if (!Reaches(act))
        {
            return Never();
        }

        if (!_disk.Disk.HasRoom(_file, length))
        {
            return _disk.Ending(act, static () => DiskStatus.Full);
        }

        var truncation = _file.Truncate(length);
        return _disk.Ending(act, () =>
        {
            truncation.HasEnded = true;
            return DiskStatus.Ok;
        });
    }

    public Task<long> LengthAsync() => _disk.Call(Act(CrashPointKind.Query), () => _file.Length);

    /// <summary>The call of a life that ended: nobody is left to be told.</summary>
    private static Task<DiskStatus> Never() => new TaskCompletionSource<DiskStatus>().Task;

    private DiskAct Act(CrashPointKind kind, long offset = 0, int length = 0) => new(kind, _file.Label, offset, length);

    /// <summary>Whether a write or a truncation, which the disk shows at once, comes so far.</summary>
    private bool Reaches(DiskAct act)
    {
        _disk.Life.World.RequireSimulationThread("a disk call");
        return act.Passes(_disk.Life, CrashMoment.Before);
    }
}
