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
        _disk.Call(() => _file.Read(offset, destination.Span));

    /// <summary>Writes all of the source, which stays unchanged until the call completes: that is checked.</summary>
    public Task<DiskStatus> WriteAsync(long offset, ReadOnlyMemory<byte> source)
    {
        // An empty write changes nothing, the length neither.
        if (_disk.IsShut || source.IsEmpty)
        {
            return _disk.Call(static () => DiskStatus.Ok);
        }

        if (_disk.Disk.TakeWriteFailure())
        {
            return _disk.Call(() => _file.Fail("write error", offset, source.Length));
        }

        if (!_disk.Disk.HasRoom(_file, offset + source.Length))
        {
            return _disk.Call(static () => DiskStatus.Full);
        }

        var write = _file.Write(offset, source.Span);
        return _disk.Call(() =>
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
        return _disk.Call(() => _file.EndFlush(writes));
    }

    public Task<DiskStatus> TruncateAsync(long length)
    {
        if (_disk.IsShut)
        {
            return _disk.Call(static () => DiskStatus.Ok);
        }

        if (!_disk.Disk.HasRoom(_file, length))
        {
            return _disk.Call(static () => DiskStatus.Full);
        }

        var truncation = _file.Truncate(length);
        return _disk.Call(() =>
        {
            truncation.HasEnded = true;
            return DiskStatus.Ok;
        });
    }

    public Task<long> LengthAsync() => _disk.Call(() => _file.Length);
}
