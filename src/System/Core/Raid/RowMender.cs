using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Rebuilds what is bad in a row from the rest of it. Degraded reads, writes that met a bad unit, refill and scrub
/// are all this one thing.
/// </summary>
/// <remarks>
/// <para>The rows are locked by the caller. All units are read and verified; if exactly one is not good, it is the XOR
/// of the others, and is written back in the open epoch where its member is there. A unit counts as healed only when
/// it reads back as it should.</para>
/// <para>If two or more are not good, none is rebuilt and nothing is written: a guess would turn an error that can
/// be seen into one that cannot.</para>
/// </remarks>
internal sealed class RowMender(Roster roster, RowTransfer transfer, ArrayTally tally, int blockSize)
{
    /// <summary>Reads rows as a whole, and rebuilds in memory the unit that is bad where there is one.</summary>
    /// <param name="rows">Ascending, locked, blank. Afterwards each knows all its units that can be known.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async Task RebuildAsync(List<RowImage> rows, CancellationToken cancellation)
    {
        Want(rows);
        await transfer.ReadAsync(rows, cancellation);
        Rebuild(rows);
    }

    /// <summary>Reads what each row wants, all units but one, and rebuilds that one in memory.</summary>
    public async Task RebuildWantedAsync(List<RowImage> rows, CancellationToken cancellation)
    {
        await transfer.ReadAsync(rows, cancellation);
        Rebuild(rows);
    }

    /// <summary>
    /// Reads rows as a whole from the disks, rebuilds the unit that is bad where there is one, and writes it back where
    /// its member is there.
    /// </summary>
    /// <param name="rows">
    /// Ascending, locked, blank; no epoch is sealed meanwhile. Afterwards each knows all its units that can be known.
    /// </param>
    /// <param name="cancellation">Ends the reads; a heal that was begun is finished.</param>
    public async Task MendAsync(List<RowImage> rows, CancellationToken cancellation)
    {
        Want(rows);
        await transfer.ReadFromDiskAsync(rows, cancellation);
        Rebuild(rows);
        await HealAsync(rows);
    }

    /// <summary>Writes back what was rebuilt, where its member is there. No epoch is sealed meanwhile.</summary>
    public async Task HealAsync(List<RowImage> rows)
    {
        if (roster.IsSealed)
        {
            return;
        }

        var healed = new List<RowImage>();
        foreach (RowImage row in rows)
        {
            if (!row.Rebuilt.IsEmpty && roster.Members[row.Rebuilt.First.Value].IsReachable)
            {
                row.Write(row.Rebuilt.First, NewUnit.CopyOf(row[row.Rebuilt.First].Content.Span));
                healed.Add(row);
            }
        }

        if (healed.Count > 0)
        {
            await WriteBackAsync(healed);
        }
    }

    private static void Want(List<RowImage> rows)
    {
        foreach (RowImage row in rows)
        {
            Invariant.Require(row.Targets.IsEmpty, "a mended row has no writes of its own");
            row.Wanted = row.All;
        }
    }

    private void Rebuild(List<RowImage> rows)
    {
        foreach (RowImage row in rows)
        {
            MemberSet bad = row.All - row.Known;
            if (bad.Count == 1)
            {
                row[bad.First] = new Unit(UnitState.Good, row.XorOfKnown(row.Known, blockSize));
                row.Rebuilt = bad;
            }
        }
    }

    private async Task WriteBackAsync(List<RowImage> rows)
    {
        bool[] wasStale = [.. rows.Select(row => roster.Members[row.Targets.First.Value].IsStale(row.Row))];
        await transfer.WriteAsync(rows);

        List<RowImage> proofs = rows.ConvertAll(static row => row.Blank());
        for (int i = 0; i < rows.Count; i++)
        {
            proofs[i].Wanted = rows[i].Acknowledged;
        }

        await transfer.ReadFromDiskAsync(proofs, CancellationToken.None);
        for (int i = 0; i < rows.Count; i++)
        {
            MemberIndex member = rows[i].Targets.First;
            bool proven = proofs[i][member].State == UnitState.Good
                && proofs[i][member].Content.Span.SequenceEqual(rows[i].NewContent(member).Content.Span);
            tally.FailedHeals += proven ? 0 : 1;
            tally.RefilledRows += proven && wasStale[i] ? 1 : 0;
            tally.Heals += proven && !wasStale[i] ? 1 : 0;
            roster.Members[member.Value].Client.Traffic.Repairs += proven ? 1 : 0;
            rows[i].IsHealed = proven;
        }
    }
}
