using System.Runtime.CompilerServices;
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
    public ValueTask ReadAsync(List<RowImage> rows, CancellationToken cancellation) =>
        ReadAsync(rows, fromDisk: false, cancellation);

    /// <summary>The same, but also what is known already is read from its member: to see what is stored there.</summary>
    public ValueTask ReadFromDiskAsync(List<RowImage> rows, CancellationToken cancellation) =>
        ReadAsync(rows, fromDisk: true, cancellation);

    /// <summary>
    /// Writes the targets of each row in the open epoch, and notes which were acknowledged. One that was not is sent
    /// again before the epoch is sealed, or its member is no longer counted on.
    /// </summary>
    /// <param name="rows">Ascending.</param>
    public ValueTask WriteAsync(List<RowImage> rows)
    {
        Invariant.Require(!roster.IsSealed, "a sealed epoch is not written");
        TaskGroup? calls = null;
        foreach (Member member in roster.Members)
        {
            List<Pin>? pins = null;
            foreach (RowImage row in rows)
            {
                if (row.Targets.Contains(member.Index) && (member.IsCounted || member.IsReachable))
                {
                    (pins ??= new List<Pin>(rows.Count))
                        .Add(roster.Open.Put(member.Index, row.Row, row.NewContent(member.Index)));
                }
            }

            if (pins is not null && member.IsReachable)
            {
                calls ??= new TaskGroup(capacity: 2);
                calls.Add(WriteAsync(member, rows, pins));
            }
        }

        return calls is null ? ValueTask.CompletedTask : calls.WhenAllAsync();
    }

    /// <summary>Sends a member again what its present life has not acknowledged of the open epoch.</summary>
    /// <returns>Whether it holds all of it now.</returns>
    public async Task<bool> ResendAsync(Member member)
    {
        OpenEpoch epoch = roster.Open;
        List<Pin> missing = epoch.MissingFrom(member.Index, member.Client.BootId);
        for (int first = 0; first < missing.Count; first += _maxBlocks)
        {
            List<Pin> part = Part(missing, first);
            if (!member.IsReachable || await member.Client.WriteAsync(epoch.Epoch, part) != CallOutcome.Done)
            {
                return false;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(List<RowImage> rows, bool fromDisk, CancellationToken cancellation)
    {
        TaskGroup? calls = null;
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
                calls ??= new TaskGroup(roster.Members.Length);
                calls.Add(ReadAsync(member, asked, cancellation));
            }
        }

        if (calls is not null)
        {
            await calls.WhenAllAsync();
        }

        foreach (RowImage row in rows)
        {
            row.Wanted = MemberSet.None;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(Member member, List<RowImage> rows, CancellationToken cancellation)
    {
        for (int first = 0; first < rows.Count; first += _maxBlocks)
        {
            List<RowImage> part = Part(rows, first);
            Unit[]? units = member.IsReachable
                ? await member.Client.ReadAsync(part.ConvertAll(static row => row.Row), cancellation)
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(Member member, List<RowImage> rows, List<Pin> pins)
    {
        Epoch epoch = roster.Open.Epoch;
        int image = 0;
        for (int first = 0; first < pins.Count; first += _maxBlocks)
        {
            List<Pin> part = Part(pins, first);
            CallOutcome outcome = member.IsReachable
                ? await member.Client.WriteAsync(epoch, part)
                : CallOutcome.Lost;
            foreach (Pin pin in part)
            {
                // Both ascend, and each pin has its image.
                while (rows[image].Row != pin.Row)
                {
                    image++;
                }

                // A member that was lost meanwhile may answer after all: what it was sent counts no more.
                bool counts = roster.Open.Find(member.Index, pin.Row) == pin;
                if (outcome == CallOutcome.Done && counts)
                {
                    rows[image].Acknowledged = rows[image].Acknowledged.With(member.Index);
                    member.MarkCurrent(pin.Row);
                }
            }
        }
    }

    private List<T> Part<T>(List<T> all, int first) =>
        all.Count <= _maxBlocks ? all : all.GetRange(first, Math.Min(_maxBlocks, all.Count - first));
}
