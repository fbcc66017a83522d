using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Rebuilds what is bad in a row from the rest of it. Degraded reads, writes that met a bad unit, refill and scrub
/// are all this one thing.
/// </summary>
/// <remarks>
/// <para>The rows are locked by the caller. All units are read and verified; if exactly one is not good, it is the XOR
/// of the others, and is written back where its member is there. A unit counts as healed only when it reads back
/// as it should.</para>
/// <para>If two or more are not good, none is rebuilt and nothing is written: a guess would turn an error that can
/// be seen into one that cannot.</para>
/// </remarks>
internal sealed class RowMender(Member[] members, RowTransfer transfer, ArrayTally tally, int blockSize)
{
    /// <summary>Reads rows as a whole, and mends those with one bad unit.</summary>
    /// <param name="rows">Ascending, locked, blank. Afterwards each knows all its units that can be known.</param>
    /// <param name="cancellation">Ends the reads; a heal that was begun is finished.</param>
    public async Task MendAsync(IReadOnlyList<RowImage> rows, CancellationToken cancellation)
    {
        foreach (RowImage row in rows)
        {
            Invariant.Require(row.Targets.IsEmpty, "a mended row has no writes of its own");
            row.Wanted = row.All;
        }

        await transfer.ReadAsync(rows, cancellation);
        var healed = new List<RowImage>();
        foreach (RowImage row in rows)
        {
            MemberSet bad = row.All - row.Known;
            if (bad.Count != 1)
            {
                continue;
            }

            byte[] rebuilt = row.XorOfKnown(row.Known, blockSize);
            row[bad.First] = new Unit(UnitState.Good, rebuilt);
            row.Rebuilt = bad;
            if (members[bad.First.Value].IsReachable)
            {
                row.Write(bad.First, NewUnit.Take(rebuilt));
                healed.Add(row);
            }
        }

        if (healed.Count > 0)
        {
            await WriteBackAsync(healed);
        }
    }

    private async Task WriteBackAsync(List<RowImage> rows)
    {
        bool[] wasStale = [.. rows.Select(row => members[row.Targets.First.Value].IsStale(row.Row))];
        await transfer.WriteAsync(rows);

        RowImage[] proofs = new RowImage[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            proofs[i] = rows[i].Blank();
            proofs[i].Wanted = rows[i].Acknowledged;
        }

        await transfer.ReadAsync(proofs, CancellationToken.None);
        for (int i = 0; i < rows.Count; i++)
        {
            MemberIndex member = rows[i].Targets.First;
            bool proven = proofs[i][member].State == UnitState.Good
                && proofs[i][member].Content.Span.SequenceEqual(rows[i].NewContent(member).Content.Span);
            tally.FailedHeals += proven ? 0 : 1;
            tally.RefilledRows += proven && wasStale[i] ? 1 : 0;
            tally.Heals += proven && !wasStale[i] ? 1 : 0;
            rows[i].IsHealed = proven;
        }
    }
}
