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
            && set.Count == model.Count
            && model.All(row => set.Contains(new Row(row)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData(4097)]
    public void All_rows_are_all_of_them_and_none_beyond(int rows)
    {
        var set = new RowSet(rows);
        set.AddAll();
        Assert.Equal(rows, set.Count);
        Assert.Equal(new Row(rows - 1), set.FirstFrom(new Row(rows - 1)));
        Assert.Null(set.FirstFrom(new Row(rows)));
        Assert.Throws<InvariantException>(() => set.Add(new Row(rows)));
    }
}
