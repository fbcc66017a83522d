namespace Raid5Verify.Simulation;

/// <summary>The bytes of a file, in pages that exist from their first write on. What was never written reads as zero.</summary>
internal sealed class PagedBytes
{
    private const int PageSize = 4096;

    private byte[]?[] _pages = [];

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

            source[..count].CopyTo((_pages[page] ??= new byte[PageSize]).AsSpan(within));
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
            _pages[first]?.AsSpan(within).Clear();
            _pages.AsSpan(first + 1).Clear();
        }
    }

    internal PagedBytes Clone()
    {
        var copy = new PagedBytes { _pages = new byte[]?[_pages.Length] };
        for (var i = 0; i < _pages.Length; i++)
        {
            copy._pages[i] = _pages[i]?.ToArray();
        }

        return copy;
    }

    private static (int Page, int Within, int Count) Locate(long offset, int length)
    {
        var within = (int)(offset % PageSize);
        return ((int)(offset / PageSize), within, Math.Min(length, PageSize - within));
    }
}
