namespace Raid5Verify.Simulation;

/// <summary>An open file, as one life of a host's program sees it.</summary>
/// <remarks>
/// A program that has statuses of its own gives a function that translates one. What it awaits is then the call itself, and not
/// a task that awaits the call. The function is called by the kernel, between steps: it only maps.
/// </remarks>
public sealed class FileHandle
{
    private static readonly Func<DiskStatus, DiskStatus> AsItIs = static status => status;

    private readonly DiskHandle _disk;
    private readonly SimFile _file;

    internal FileHandle(DiskHandle disk, SimFile file)
    {
        _disk = disk;
        _file = file;
    }

    /// <summary>Reads exactly the destination; past the end are zeros. Filled when the call completes, not before.</summary>
    public Task<DiskStatus> ReadAsync(long offset, Memory<byte> destination) => ReadAsync(offset, destination, AsItIs);

    /// <inheritdoc cref="ReadAsync(long, Memory{byte})"/>
    public Task<T> ReadAsync<T>(long offset, Memory<byte> destination, Func<DiskStatus, T> translate) =>
        _disk.Call(
            Act(CrashPointKind.Read, offset, destination.Length),
            () => translate(_disk.Disk.TakeReadFailure()
                ? _file.Fail("read error", offset, destination.Length)
                : _file.Read(offset, destination.Span)));

    /// <summary>Writes all of the source, which stays unchanged until the call completes: that is checked.</summary>
    public Task<DiskStatus> WriteAsync(long offset, ReadOnlyMemory<byte> source) => WriteAsync(offset, source, AsItIs);

    /// <inheritdoc cref="WriteAsync(long, ReadOnlyMemory{byte})"/>
    public Task<T> WriteAsync<T>(long offset, ReadOnlyMemory<byte> source, Func<DiskStatus, T> translate)
    {
        var act = Act(CrashPointKind.Write, offset, source.Length);
        if (!Reaches(act))
        {
            return Never<T>();
        }

        if (source.IsEmpty)
        {
            // It changes nothing, the length neither.
            return _disk.Ending(act, () => translate(DiskStatus.Ok));
        }

        if (_disk.Disk.TakeWriteFailure())
        {
            return _disk.Ending(act, () => translate(_file.Fail("write error", offset, source.Length)));
        }

        if (!_disk.Disk.HasRoom(_file, offset + source.Length))
        {
            return _disk.Ending(act, () => translate(DiskStatus.Full));
        }

        var write = _file.Write(offset, source.Span);
        return _disk.Ending(act, () =>
        {
            if (!source.Span.SequenceEqual(write.Data))
            {
                _disk.ReportChangedBuffer(_file, offset);
            }

            write.HasEnded = true;
            return translate(DiskStatus.Ok);
        });
    }

    /// <summary>Makes the writes and truncations that have completed so far durable.</summary>
    public Task<DiskStatus> FlushAsync() => FlushAsync(AsItIs);

    /// <inheritdoc cref="FlushAsync()"/>
    public Task<T> FlushAsync<T>(Func<DiskStatus, T> translate)
    {
        var writes = _file.BeginFlush();
        return _disk.Call(Act(CrashPointKind.Flush), () => translate(_file.EndFlush(writes)));
    }

    public Task<DiskStatus> TruncateAsync(long length) => TruncateAsync(length, AsItIs);

    /// <inheritdoc cref="TruncateAsync(long)"/>
    public Task<T> TruncateAsync<T>(long length, Func<DiskStatus, T> translate)
    {
        var act = Act(CrashPointKind.Truncate, length);
        if (!Reaches(act))
        {
            return Never<T>();
        }

        if (!_disk.Disk.HasRoom(_file, length))
        {
            return _disk.Ending(act, () => translate(DiskStatus.Full));
        }

        var truncation = _file.Truncate(length);
        return _disk.Ending(act, () =>
        {
            truncation.HasEnded = true;
            return translate(DiskStatus.Ok);
        });
    }

    public Task<long> LengthAsync() => _disk.Call(Act(CrashPointKind.Query), () => _file.Length);

    /// <summary>The call of a life that ended: nobody is left to be told.</summary>
    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    private DiskAct Act(CrashPointKind kind, long offset = 0, int length = 0) => new(kind, _file.Label, offset, length);

    /// <summary>Whether a write or a truncation, which the disk shows at once, comes so far.</summary>
    private bool Reaches(DiskAct act)
    {
        _disk.Life.World.RequireSimulationThread("a disk call");
        return act.Passes(_disk.Life, CrashMoment.Before);
    }
}
