namespace Raid5Verify.Reference;

/// <summary>A file's bytes in pages; a page that is absent reads as zeros. Copies share the pages that neither changed.</summary>
internal sealed class SparseBytes
{
    private readonly Dictionary<long, byte[]> _pages;

    /// <summary>Pages that no copy shares: these may be written in place.</summary>
    private readonly HashSet<long> _own = [];

    private PointerBlocks _pointers;

    /// <param name="pageSize">Bytes.</param>
    /// <param name="pointersPerBlock">What leads to the pages takes blocks too; 0 for none.</param>
    public SparseBytes(int pageSize, int pointersPerBlock = 0)
    {
        PageSize = pageSize;
        _pages = [];
        _pointers = new PointerBlocks(pointersPerBlock);
    }

    private SparseBytes(SparseBytes original)
    {
        PageSize = original.PageSize;
        _pages = new Dictionary<long, byte[]>(original._pages);
        _pointers = original._pointers;
        Length = original.Length;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Pages that are there, and what leads to them.</summary>
    public long Blocks => _pages.Count + _pointers.Count;

    private int PageSize { get; }

    /// <returns>Bytes read: up to the end, 0 at or past it.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        for (int done = 0; done < count;)
        {
            long page = (offset + done) / PageSize;
            int within = (int)((offset + done) % PageSize);
            int part = Math.Min(PageSize - within, count - done);
            Span<byte> target = destination.Slice(done, part);
            if (_pages.TryGetValue(page, out byte[]? bytes))
            {
                bytes.AsSpan(within, part).CopyTo(target);
            }
            else
            {
                target.Clear();
            }

            done += part;
        }

        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        for (int done = 0; done < source.Length;)
        {
            long page = (offset + done) / PageSize;
            int within = (int)((offset + done) % PageSize);
            int part = Math.Min(PageSize - within, source.Length - done);
            source.Slice(done, part).CopyTo(Own(page).AsSpan(within));
            done += part;
        }

        Length = Math.Max(Length, offset + source.Length);
    }

    /// <summary>Cuts or grows; what was cut off never comes back.</summary>
    public void SetLength(long length)
    {
        if (length < Length)
        {
            foreach (long page in _pages.Keys.Where(page => page * PageSize >= length).ToList())
            {
                _pages.Remove(page);
                _own.Remove(page);
            }

            _pointers = _pointers.Without((length + PageSize - 1) / PageSize, long.MaxValue);
            if (_pages.ContainsKey(length / PageSize))
            {
                Own(length / PageSize).AsSpan((int)(length % PageSize)).Clear();
            }
        }

        Length = length;
    }

    /// <summary>How much of a range can be written, from its beginning on, with so many blocks more: its parts end where pages do.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="blocks">Blocks that are free.</param>
    public long Fit(long offset, long length, long blocks)
    {
        PointerBlocks pointers = _pointers;
        long taken = 0;
        for (long page = offset / PageSize; page * PageSize < offset + length; page++)
        {
            pointers = _pages.ContainsKey(page) ? pointers : pointers.With(page);
            taken += _pages.ContainsKey(page) ? 0 : 1;
            if (taken + pointers.Count - _pointers.Count > blocks)
            {
                return Math.Max(0, (page * PageSize) - offset);
            }
        }

        return length;
    }

    /// <summary>Every page that a range touches, before some byte, is there from now on, and the range is within the length.</summary>
    public void Allocate(long offset, long length, long filledTo)
    {
        for (long page = offset / PageSize; page * PageSize < Math.Min(offset + length, filledTo); page++)
        {
            Own(page);
        }

        Length = Math.Max(Length, offset + length);
    }

    /// <summary>Makes zeros of a range: pages that are wholly in it are absent afterwards.</summary>
    public void Punch(long offset, long length)
    {
        long end = offset + length;
        _pointers = _pointers.Without((offset + PageSize - 1) / PageSize, end / PageSize);
        foreach (long page in _pages.Keys.Where(page => (page + 1) * PageSize > offset && page * PageSize < end).ToList())
        {
            long start = page * PageSize;
            if (start >= offset && start + PageSize <= end)
            {
                _pages.Remove(page);
                _own.Remove(page);
            }
            else
            {
                Own(page).AsSpan()[(int)Math.Max(0, offset - start)..(int)Math.Min(PageSize, end - start)].Clear();
            }
        }
    }

    /// <summary>The first byte from an offset on, within the length, of a page that is there, or that is absent; the length if there is none.</summary>
    public long Find(long offset, bool isThere)
    {
        long page = offset / PageSize;
        if (isThere)
        {
            page = _pages.Keys.Where(there => there >= page).DefaultIfEmpty(long.MaxValue / PageSize).Min();
        }

        while (!isThere && _pages.ContainsKey(page))
        {
            page++;
        }

        return Math.Min(Length, Math.Max(offset, page * PageSize));
    }

    /// <summary>The pages that are there, in order: not to be changed.</summary>
    public IEnumerable<(long Page, byte[] Bytes)> Pages => _pages.OrderBy(static page => page.Key).Select(static page => (page.Key, page.Value));

    /// <summary>The same bytes, from now on changed apart. Costs a reference a page.</summary>
    public SparseBytes Copy()
    {
        _own.Clear();
        return new SparseBytes(this);
    }

    private byte[] Own(long page)
    {
        if (_own.Add(page))
        {
            bool isThere = _pages.TryGetValue(page, out byte[]? shared);
            _pages[page] = isThere ? [.. shared!] : new byte[PageSize];
            _pointers = isThere ? _pointers : _pointers.With(page);
        }

        return _pages[page];
    }
}
