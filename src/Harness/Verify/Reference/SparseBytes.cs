namespace Raid5Verify.Reference;

/// <summary>A file's bytes in pages; a page that is absent reads as zeros.</summary>
internal sealed class SparseBytes
{
    private const int PageSize = 4096;

    private readonly Dictionary<long, byte[]> _pages = [];

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

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
            if (!_pages.TryGetValue(page, out byte[]? bytes))
            {
                _pages[page] = bytes = new byte[PageSize];
            }

            source.Slice(done, part).CopyTo(bytes.AsSpan(within));
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
            }

            if (_pages.TryGetValue(length / PageSize, out byte[]? last))
            {
                last.AsSpan((int)(length % PageSize)).Clear();
            }
        }

        Length = length;
    }
}
