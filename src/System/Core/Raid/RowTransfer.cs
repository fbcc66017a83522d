using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// Moves units between row images and members: for all rows of an operation together, one call a member (split
/// where a message would grow too large), the members in parallel.
/// </summary>
/// <remarks>
/// The rows are locked by the caller.
/// </remarks>
internal sealed class RowTransfer(Member[] members, int blockSize)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <summary>Reads the wanted units of each row, into the images.</summary>
    /// <param name="rows">Ascending.</param>
    /// <param name="cancellation">Ends the reads; all of them have ended when this throws.</param>
    public async Task ReadAsync(IReadOnlyList<RowImage> rows, CancellationToken cancellation)
    {
        List<Task>? calls = null;
        foreach (Member member in members)
        {
            List<RowImage>? asked = null;
            foreach (RowImage row in rows)
            {
                if (!row.Wanted.Contains(member.Index))
                {
                    continue;
                }

                if (member.IsUsable(row.Row))
                {
                    (asked ??= []).Add(row);
                }
                else
                {
                    UnitState state = member.IsReachable ? UnitState.Bad : UnitState.Missing;
                    row[member.Index] = new Unit(state, default);
                }
            }

            if (asked is not null)
            {
                (calls ??= []).Add(ReadAsync(member, asked, cancellation));
            }
        }

        if (calls is not null)
        {
            await Task.WhenAll(calls);
        }

        foreach (RowImage row in rows)
        {
            row.Wanted = MemberSet.None;
        }
    }

    /// <summary>
    /// Writes the targets of each row and notes which were acknowledged. A target that was not is stale from here on.
    /// </summary>
    /// <param name="rows">Ascending.</param>
    public async Task WriteAsync(IReadOnlyList<RowImage> rows)
    {
        List<Task>? calls = null;
        foreach (Member member in members)
        {
            List<RowImage>? sent = null;
            foreach (RowImage row in rows)
            {
                if (!row.Targets.Contains(member.Index))
                {
                    continue;
                }

                if (member.IsReachable)
                {
                    (sent ??= []).Add(row);
                }
                else
                {
                    member.MarkStale(row.Row);
                }
            }

            if (sent is not null)
            {
                (calls ??= []).Add(WriteAsync(member, sent));
            }
        }

        if (calls is not null)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task ReadAsync(Member member, List<RowImage> rows, CancellationToken cancellation)
    {
        for (int first = 0; first < rows.Count; first += _maxBlocks)
        {
            List<RowImage> part = Part(rows, first);
            Unit[]? units = member.IsReachable
                ? await member.Client.ReadAsync(RowsOf(part), cancellation)
                : null;
            for (int i = 0; i < part.Count; i++)
            {
                part[i][member.Index] = units?[i] ?? new Unit(UnitState.Missing, default);
            }
        }
    }

    private async Task WriteAsync(Member member, List<RowImage> rows)
    {
        for (int first = 0; first < rows.Count; first += _maxBlocks)
        {
            await WritePartAsync(member, Part(rows, first));
        }
    }

    private async Task WritePartAsync(Member member, List<RowImage> part)
    {
        NewUnit[] contents = [.. part.Select(row => row.NewContent(member.Index))];
        WriteOutcome outcome = member.IsReachable
            ? await member.Client.WriteAsync(RowsOf(part), contents)
            : WriteOutcome.MemberLost;
        if (outcome == WriteOutcome.DiskFailed && part.Count > 1)
        {
            // The call does not tell which blocks its disk refused.
            foreach (RowImage row in part)
            {
                await WritePartAsync(member, [row]);
            }

            return;
        }

        foreach (RowImage row in part)
        {
            if (outcome == WriteOutcome.Acknowledged)
            {
                row.Acknowledged = row.Acknowledged.With(member.Index);
                member.MarkCurrent(row.Row);
            }
            else
            {
                member.MarkStale(row.Row);
            }
        }
    }

    private static Row[] RowsOf(List<RowImage> rows) => [.. rows.Select(row => row.Row)];

    private List<RowImage> Part(List<RowImage> rows, int first) =>
        rows.Count <= _maxBlocks ? rows : rows.GetRange(first, Math.Min(_maxBlocks, rows.Count - first));
}
