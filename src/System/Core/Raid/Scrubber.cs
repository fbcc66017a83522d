using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Reads every row as a whole, a few under lock at a time, mends a bad unit, and checks that the row XORs to zero.
/// </summary>
/// <remarks>
/// <para>It finds latent damage while there is still only one bad unit in the row: what nobody reads, nobody
/// heals.</para>
/// <para>A row whose units all match their checksums and still do not XOR to zero is reported and left as it is. No
/// unit of it can be shown to be the wrong one, and recomputing the parity would make a wrong data block final.
/// No fault that a member can detect leads there, as each unit that missed a write is known to be stale: it
/// means a bug, or two writers.</para>
/// </remarks>
internal sealed class Scrubber(
    Raid5Geometry geometry,
    Roster roster,
    EpochCommit commits,
    RowLocks locks,
    RowMender mender,
    ArrayOptions options,
    TimeProvider clock,
    int blockSize)
{
    /// <summary>How far the one that began last is; null while there is none.</summary>
    public ScrubProgress? Progress { get; private set; }

    /// <summary>Goes over the rows from one on, as many as are asked for, or until it is told to stop.</summary>
    public async Task<ScrubReport> ScrubAsync(Row from, long atMost, CancellationToken stop)
    {
        long end = from.Value + Math.Min(atMost, geometry.Rows - from.Value);
        var findings = new List<ScrubFinding>();
        long unverified = 0;
        long next = from.Value;
        try
        {
            while (next < end)
            {
                stop.ThrowIfCancellationRequested();
                List<RowImage> rows = await MendAsync(next, end, stop);
                foreach (RowImage row in rows)
                {
                    unverified += IsVerified(row) ? 0 : 1;
                    if (Judge(row) is { } finding)
                    {
                        findings.Add(finding);
                    }
                }

                next += rows.Count;
                Progress = new ScrubProgress(next - from.Value, end - from.Value, findings.Count);
                if (options.ScrubRate is { } rate && next < end)
                {
                    await Task.Delay(TimeSpan.FromSeconds(rows.Count / rate), clock, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop: the report says how far it came.
        }

        Progress = null;

        // What was healed outlives a crash only once it is committed.
        await commits.CommitHealsAsync();
        return new ScrubReport(next - from.Value, unverified, findings, new Row(next));
    }

    private async Task<List<RowImage>> MendAsync(long first, long end, CancellationToken stop)
    {
        int count = (int)Math.Min(commits.BackgroundRows, end - first);
        var rows = new List<RowImage>(count);
        for (int i = 0; i < count; i++)
        {
            rows.Add(new RowImage(geometry, new Row(first + i)));
        }

        await commits.MakeRoomAsync(rows.Count, stop);
        using (await commits.EnterAsync())
        using (await locks.AcquireAsync(rows))
        {
            await mender.MendAsync(rows, stop);
        }

        return rows;
    }

    private bool IsVerified(RowImage row)
    {
        foreach (Member member in roster.Members)
        {
            if (row[member.Index].State == UnitState.Missing || IsRebuiltInMemoryOnly(row, member))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRebuiltInMemoryOnly(RowImage row, Member member) =>
        row.Rebuilt.Contains(member.Index) && row.Targets.IsEmpty;

    private ScrubFinding? Judge(RowImage row)
    {
        if (!row.Rebuilt.IsEmpty)
        {
            // With no target the member is away: nothing is wrong that could be seen.
            return row.Targets.IsEmpty ? null
                : Finding(row, row.IsHealed ? ScrubFindingKind.Healed : ScrubFindingKind.NotHealed, row.Rebuilt);
        }

        MemberSet bad = MemberSet.None;
        foreach (MemberIndex member in row.All - row.Known)
        {
            bad = row[member].State == UnitState.Bad ? bad.With(member) : bad;
        }

        if (!bad.IsEmpty)
        {
            return Finding(row, ScrubFindingKind.Unrecoverable, row.All - row.Known);
        }

        bool consistent = row.Known != row.All
            || row.XorOfKnown(row.All, blockSize).AsSpan().IndexOfAnyExcept((byte)0) < 0;
        return consistent ? null : Finding(row, ScrubFindingKind.Inconsistent, MemberSet.None);
    }

    private static ScrubFinding Finding(RowImage row, ScrubFindingKind kind, MemberSet concerned)
    {
        var list = new List<MemberIndex>(concerned.Count);
        foreach (MemberIndex member in concerned)
        {
            list.Add(member);
        }

        return new ScrubFinding(row.Row, kind, list);
    }
}
