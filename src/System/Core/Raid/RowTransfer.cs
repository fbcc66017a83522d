using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// Moves units between row images and members: for all rows of an operation together, one call a member (split
/// where a message would grow too large), the members in parallel.
/// </summary>
/// <remarks>The rows are locked by the caller, and while it writes no epoch is sealed.</remarks>
internal sealed class RowTransfer(Roster roster, int blockSize)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <summary>Reads the wanted units of each row, into the images. What the open epoch wrote is known already.</summary>
    /// <param name="rows">Ascending.</param>
    /// <param name="cancellation">Ends the reads; all of them have ended when this throws.</param>
    public Task ReadAsync(IReadOnlyList<RowImage> rows, CancellationToken cancellation) =>
        ReadAsync(rows, fromDisk: false, cancellation);

    /// <summary>The same, but also what is known already is read from its member: to see what is stored there.</summary>
    public Task ReadFromDiskAsync(IReadOnlyList<RowImage> rows, CancellationToken cancellation) =>
        ReadAsync(rows, fromDisk: true, cancellation);

    /// <summary>
    /// Writes the targets of each row in the open epoch, and notes which were acknowledged. One that was not is sent
    /// again before the epoch is sealed, or its member is no longer counted on.
    /// </summary>
    /// <param name="rows">Ascending.</param>
    public async Task WriteAsync(IReadOnlyList<RowImage> rows)
    {
        Invariant.Require(!roster.IsSealed, "a sealed epoch is not written");
        List<Task>? calls = null;
        foreach (Member member in roster.Members)
        {
            List<RowImage>? sent = null;
            List<(Row, Pin)>? pins = null;
            foreach (RowImage row in rows)
            {
                if (row.Targets.Contains(member.Index) && (member.IsCounted || member.IsReachable))
                {
                    (sent ??= []).Add(row);
                    (pins ??= []).Add((row.Row, roster.Open.Put(member.Index, row.Row, row.NewContent(member.Index))));
                }
            }

            if (sent is not null && member.IsReachable)
            {
                (calls ??= []).Add(WriteAsync(member, sent, pins!));
            }
        }

        if (calls is not null)
        {
            await Task.WhenAll(calls);
        }
    }

    /// <summary>Sends a member again what its present life has not acknowledged of the open epoch.</summary>
    /// <returns>Whether it holds all of it now.</returns>
    public async Task<bool> ResendAsync(Member member)
    {
        OpenEpoch epoch = roster.Open;
        List<(Row, Pin)> missing = epoch.MissingFrom(member.Index, member.Client.BootId);
        for (int first = 0; first < missing.Count; first += _maxBlocks)
        {
            List<(Row, Pin)> part = missing.GetRange(first, Math.Min(_maxBlocks, missing.Count - first));
            if (!member.IsReachable || await member.Client.WriteAsync(epoch.Epoch, part) != CallOutcome.Done)
            {
                return false;
            }
        }

        return true;
    }

    private async Task ReadAsync(IReadOnlyList<RowImage> rows, bool fromDisk, CancellationToken cancellation)
    {
        List<Task>? calls = null;
        foreach (Member member in roster.Members)
        {
            List<RowImage>? asked = null;
            foreach (RowImage row in rows)
            {
                if (!row.Wanted.Contains(member.Index))
                {
                    continue;
                }

                if (!fromDisk && roster.Open.Find(member.Index, row.Row) is { } pin)
                {
                    row[member.Index] = new Unit(UnitState.Good, pin.Unit.Content.Memory);
                }
                else if (member.IsUsable(row.Row))
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
                part[i].WasAnswered |= units is not null;

                // A life that never saw what the open epoch wrote answers what was there before.
                Pin? pin = roster.Open.Find(member.Index, part[i].Row);
                bool isForgotten = pin is not null && pin.AcknowledgedBy != member.Client.BootId;
                part[i][member.Index] =
                    isForgotten ? new Unit(UnitState.Good, pin!.Unit.Content.Memory)
                    : units?[i] ?? new Unit(UnitState.Missing, default);
            }
        }
    }

    private async Task WriteAsync(Member member, List<RowImage> rows, List<(Row Row, Pin Pin)> pins)
    {
        Epoch epoch = roster.Open.Epoch;
        for (int first = 0; first < rows.Count; first += _maxBlocks)
        {
            List<RowImage> part = Part(rows, first);
            CallOutcome outcome = member.IsReachable
                ? await member.Client.WriteAsync(epoch, pins.GetRange(first, part.Count))
                : CallOutcome.Lost;
            for (int i = 0; i < part.Count; i++)
            {
                // A member that was lost meanwhile may answer after all: what it was sent counts no more.
                bool counts = roster.Open.Find(member.Index, part[i].Row) == pins[first + i].Pin;
                if (outcome == CallOutcome.Done && counts)
                {
                    part[i].Acknowledged = part[i].Acknowledged.With(member.Index);
                    member.MarkCurrent(part[i].Row);
                }
            }
        }
    }

    private static Row[] RowsOf(List<RowImage> rows) => [.. rows.Select(row => row.Row)];

    private List<RowImage> Part(List<RowImage> rows, int first) =>
        rows.Count <= _maxBlocks ? rows : rows.GetRange(first, Math.Min(_maxBlocks, rows.Count - first));
}
