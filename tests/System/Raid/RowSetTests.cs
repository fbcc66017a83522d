using FsCheck.Xunit;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

public sealed class RowSetTests
{
    private const int Rows = 9000;

    [Property]
    public bool It_holds_what_a_sorted_set_holds_and_walks_it_in_order((ushort Row, bool Add)[] steps)
    {
        var set = new RowSet(Rows);
        var model = new SortedSet<long>();
        foreach ((ushort row, bool add) in steps)
        {
            var at = new Row(row % Rows);
            if (add)
            {
                set.Add(at);
                model.Add(at.Value);
            }
            else
            {
                set.Remove(at);
                model.Remove(at.Value);
            }
        }

        var walked = new List<long>();
        for (Row? row = set.FirstFrom(new Row(0)); row is { } found; row = set.FirstFrom(new Row(found.Value + 1)))
        {
            walked.Add(found.Value);
        }

        return walked.SequenceEqual(model)
            && set.All().SequenceEqual(model.Select(row => new Row(row)))
            && set.Count == model.Count
            && model.All(row => set.Contains(new Row(row)));
    }

    [Fact]
    public void An_empty_set_has_no_rows()
    {
        var set = new RowSet(Rows);
        Assert.Empty(set.All());
        set.Add(new Row(5000));
        set.Remove(new Row(5000));
        Assert.Empty(set.All());
        set.AddAll();
        set.Clear();
        Assert.Empty(set.All());
        Assert.Empty(new RowSet(0).All());
    }

    /// <summary>A word is 64 rows, a page 4,096; the pages between are not there.</summary>
    [Fact]
    public void All_finds_what_lies_at_the_ends_of_words_and_pages()
    {
        Row[] rows = [.. new long[] { 0, 63, 64, 127, 4095, 4096, 8191, 20_000, 28_671, 28_672, 29_998 }.Select(row => new Row(row))];
        var set = new RowSet(29_999);
        set.Replace(rows.Reverse());
        Assert.Equal(rows, set.All());
        Assert.Equal(rows.Length, set.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(4160)]
    [InlineData(8200)]
    public void All_rows_are_all_of_them_and_none_beyond(int rows)
    {
        var set = new RowSet(rows);
        set.AddAll();
        Assert.Equal(rows, set.Count);
        Assert.Equal(Enumerable.Range(0, rows).Select(row => new Row(row)), set.All());
        Assert.Equal(new Row(rows - 1), set.FirstFrom(new Row(rows - 1)));
        Assert.Null(set.FirstFrom(new Row(rows)));
        Assert.Throws<InvariantException>(() => set.Add(new Row(rows)));
    }
}
