using System.Numerics;
using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// A set of rows, one bit each, in pages that exist only where a row is in the set: small when it holds few
/// rows, and one bit a row at most.
/// </summary>
internal sealed class RowSet
{
    private const int PageBits = 4096;
    private const int WordBits = 64;

    private readonly ulong[]?[] _pages;
    private readonly long _rows;

    /// <param name="rows">The rows that may be in the set are 0 to this − 1.</param>
    public RowSet(long rows)
    {
        _rows = rows;
        _pages = new ulong[]?[(rows + PageBits - 1) / PageBits];
    }

    public long Count { get; private set; }

    public bool Contains(Row row)
    {
        ulong[]? page = _pages[row.Value / PageBits];
        return page is not null && (page[Word(row)] & Bit(row)) != 0;
    }

    public void Add(Row row)
    {
        Invariant.Require(row.Value >= 0 && row.Value < _rows, "a row of the array");
        ulong[] page = _pages[row.Value / PageBits] ??= new ulong[PageBits / WordBits];
        ref ulong word = ref page[Word(row)];
        if ((word & Bit(row)) == 0)
        {
            word |= Bit(row);
            Count++;
        }
    }

    public void AddAll()
    {
        for (int page = 0; page < _pages.Length; page++)
        {
            ulong[] words = _pages[page] ??= new ulong[PageBits / WordBits];
            long rows = Math.Min(PageBits, _rows - ((long)page * PageBits));
            words.AsSpan().Clear();
            words.AsSpan(0, (int)(rows / WordBits)).Fill(ulong.MaxValue);
            if (rows % WordBits != 0)
            {
                words[rows / WordBits] = (1UL << (int)(rows % WordBits)) - 1;
            }
        }

        Count = _rows;
    }

    /// <summary>Leaves nothing in it but these.</summary>
    public void Replace(IEnumerable<Row> rows)
    {
        Clear();
        foreach (Row row in rows)
        {
            Add(row);
        }
    }

    public void Clear()
    {
        Array.Clear(_pages);
        Count = 0;
    }

    public void Remove(Row row)
    {
        ulong[]? page = _pages[row.Value / PageBits];
        if (page is null)
        {
            return;
        }

        ref ulong word = ref page[Word(row)];
        if ((word & Bit(row)) != 0)
        {
            word &= ~Bit(row);
            Count--;
        }
    }

    /// <summary>The rows of the set, ascending. It must not change meanwhile.</summary>
    public IEnumerable<Row> All()
    {
        for (Row? row = FirstFrom(new Row(0)); row is { } next; row = FirstFrom(new Row(next.Value + 1)))
        {
            yield return next;
        }
    }

    /// <summary>The lowest row of the set that is <paramref name="from"/> or above it; null if there is none.</summary>
    public Row? FirstFrom(Row from)
    {
        long row = from.Value;
        while (row < _rows)
        {
            ulong[]? page = _pages[row / PageBits];
            if (page is null)
            {
                row = ((row / PageBits) + 1) * PageBits;
                continue;
            }

            ulong rest = page[Word(new Row(row))] >> (int)(row % WordBits);
            if (rest != 0)
            {
                return new Row(row + BitOperations.TrailingZeroCount(rest));
            }

            row = ((row / WordBits) + 1) * WordBits;
        }

        return null;
    }

    private static int Word(Row row) => (int)(row.Value % PageBits / WordBits);

    private static ulong Bit(Row row) => 1UL << (int)(row.Value % WordBits);
}
