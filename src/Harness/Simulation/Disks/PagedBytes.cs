namespace Raid5Verify.Simulation;

/// <summary>
/// The bytes of a file, in pages that exist from their first write on. What was never written reads as zero. A clone
/// shares its pages until one of the two writes to them.
/// </summary>
/// <remarks>Threads may clone the same bytes at once, as long as nobody has written to them since they were cloned first.</remarks>
internal sealed class PagedBytes
{
    /// <summary>Small: the first write to a page that is shared copies all of it, and a flush shares what it made durable.</summary>
    private const int PageSize = SimFile.SectorSize;

    private byte[]?[] _pages = [];

    /// <summary>Which pages nobody else can see; one that is missing here is shared.</summary>
    private bool[] _owned = [];

    internal void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var (page, within, count) = Locate(offset, destination.Length);
            if (page < _pages.Length && _pages[page] is { } bytes)
            {
                bytes.AsSpan(within, count).CopyTo(destination);
            }
            else
            {
                destination[..count].Clear();
            }

            offset += count;
            destination = destination[count..];
        }
    }

    internal void Write(long offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            var (page, within, count) = Locate(offset, source.Length);
            if (page >= _pages.Length)
            {
                Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
            }

            source[..count].CopyTo(Own(page).AsSpan(within));
            offset += count;
            source = source[count..];
        }
    }

    /// <summary>Clears everything from an offset on.</summary>
    internal void ClearFrom(long offset)
    {
        var (first, within, _) = Locate(offset, 1);
        if (first < _pages.Length)
        {
            if (_pages[first] is not null)
            {
                Own(first).AsSpan(within).Clear();
            }

            _pages.AsSpan(first + 1).Clear();
        }
    }

    internal PagedBytes Clone()
    {
        if (_owned.Length > 0)
        {
            _owned = [];
        }

        return new PagedBytes { _pages = [.. _pages] };
    }

    /// <summary>Has the pages that hold these bytes in common with another, which is as this one is to be there.</summary>
    internal void Share(PagedBytes other, long offset, long length)
    {
        for (var page = (int)(offset / PageSize); page * (long)PageSize < offset + length && page < other._pages.Length; page++)
        {
            if (page >= _pages.Length)
            {
                Array.Resize(ref _pages, other._pages.Length);
            }

            _pages[page] = other._pages[page];
            Disown(page);
            other.Disown(page);
        }
    }

    private void Disown(int page)
    {
        if (page < _owned.Length)
        {
            _owned[page] = false;
        }
    }

    /// <summary>A page that may be written to.</summary>
    private byte[] Own(int page)
    {
        if (page >= _owned.Length)
        {
            Array.Resize(ref _owned, _pages.Length);
        }

        if (!_owned[page] || _pages[page] is null)
        {
            _pages[page] = _pages[page] is { } shared ? [.. shared] : new byte[PageSize];
            _owned[page] = true;
        }

        return _pages[page]!;
    }

    private static (int Page, int Within, int Count) Locate(long offset, int length)
    {
        var within = (int)(offset % PageSize);
        return ((int)(offset / PageSize), within, Math.Min(length, PageSize - within));
    }
}
