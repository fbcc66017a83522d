using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// The locks of rows. An operation takes all the rows it needs in ascending order, so no two wait for each other.
/// </summary>
internal sealed class RowLocks
{
    private readonly KeyedLock<Row> _locks = new();

    /// <param name="rows">Ascending by row.</param>
    /// <returns>To be disposed exactly once, when the last write of the operation is answered.</returns>
    public async ValueTask<Held> AcquireAsync(List<RowImage> rows)
    {
        var holders = new KeyedLock<Row>.Holder[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            Invariant.Require(i == 0 || rows[i - 1].Row < rows[i].Row, "rows are locked in ascending order");
            holders[i] = await _locks.AcquireAsync(rows[i].Row);
        }

        return new Held(holders);
    }

    public readonly struct Held(KeyedLock<Row>.Holder[] holders) : IDisposable
    {
        public void Dispose()
        {
            foreach (KeyedLock<Row>.Holder holder in holders)
            {
                holder.Dispose();
            }
        }
    }
}
