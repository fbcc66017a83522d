using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>How the new parity of a row is found.</summary>
internal enum WriteStrategy
{
    /// <summary>All data is new: nothing is read.</summary>
    FullStripe,

    /// <summary>Reconstruct-write: new data and the rest of the row's data. Does not need the old parity.</summary>
    Reconstruct,

    /// <summary>Read-modify-write: old parity, old data, new data. Does not need the rest of the row.</summary>
    ReadModify,

    /// <summary>The parity's member is away, or its parity lost: data alone is written, and the parity is stale.</summary>
    DataOnly,

    /// <summary>Neither is possible as it stands: the row is read as a whole and mended first.</summary>
    MendFirst,

    /// <summary>No new parity can be found, not even after mending: nothing is written.</summary>
    GiveUp,
}

/// <summary>
/// How one row is written. Pure: what is usable goes in, what to read and which parity to write comes out.
/// </summary>
/// <remarks>
/// <code>
///                              parity's member away            -> DataOnly
/// the rest of the data usable: RCW reads N - 1 - k  \  fewer
/// old data and parity usable:  RMW reads k + 1      /  reads; RCW where equal, as it needs no old parity
/// neither                                                     -> MendFirst, then once more with what it found
/// </code>
/// with k units of the row to be written.
/// </remarks>
internal sealed class WritePlan
{
    private WritePlan(RowImage row, WriteStrategy strategy, MemberSet reads, bool isShortened)
    {
        Row = row;
        Strategy = strategy;
        Reads = reads;
        IsShortened = isShortened;
    }

    public RowImage Row { get; }

    public WriteStrategy Strategy { get; }

    /// <summary>The units that the parity is computed from.</summary>
    public MemberSet Reads { get; }

    /// <summary>Some blocks cannot be kept; they are no longer among the row's targets.</summary>
    public bool IsShortened { get; }

    /// <summary>Plans with what is believed usable, before anything was read.</summary>
    /// <param name="row">Its targets are the data to be written; those that cannot be kept are dropped.</param>
    /// <param name="usable">Members that are reachable and not stale in this row.</param>
    /// <param name="reachable">Members that are reachable.</param>
    /// <param name="missing">Members that are counted on and not reachable.</param>
    public static WritePlan Before(RowImage row, MemberSet usable, MemberSet reachable, MemberSet missing)
    {
        if (NeedsMissing(row, missing))
        {
            return GiveUpOn(row);
        }

        bool shortened = DropWhatCannotBeKept(row, usable, reachable);
        if (row.Targets.IsEmpty)
        {
            return new WritePlan(row, WriteStrategy.GiveUp, MemberSet.None, shortened);
        }

        WriteStrategy otherwise =
            reachable.Contains(row.Parity) ? WriteStrategy.MendFirst : WriteStrategy.DataOnly;
        return (otherwise == WriteStrategy.DataOnly ? null : Choose(row, usable, shortened))
            ?? new WritePlan(row, otherwise, MemberSet.None, shortened);
    }

    /// <summary>Plans again with what is known, after the row was read as a whole and mended.</summary>
    /// <param name="reachable">Members that are reachable.</param>
    /// <param name="counted">Members that are counted on.</param>
    public WritePlan AfterMending(MemberSet reachable, MemberSet counted)
    {
        if (NeedsMissing(Row, counted - reachable))
        {
            return GiveUpOn(Row);
        }

        bool shortened = DropWhatCannotBeKept(Row, Row.Known, reachable) || IsShortened;
        if (!Row.Targets.IsEmpty)
        {
            if (Choose(Row, Row.Known, shortened) is { } plan)
            {
                return plan;
            }

            // Parity that is counted on may not stay behind, not even where it cannot be read: it may be read later.
            if (!Row.Known.Contains(Row.Parity) && !counted.Contains(Row.Parity))
            {
                return new WritePlan(Row, WriteStrategy.DataOnly, MemberSet.None, shortened);
            }
        }

        return GiveUpOn(Row);
    }

    /// <summary>The new parity, or null if this plan writes none.</summary>
    public byte[]? ComputeParity(int blockSize)
    {
        if (Strategy is WriteStrategy.DataOnly or WriteStrategy.GiveUp)
        {
            return null;
        }

        return Row.Xor(Reads, Row.Targets, blockSize);
    }

    /// <summary>
    /// A unit that must change is on a member that is counted on and cannot be had. Its old content would pass for
    /// current when the member is back, so the row is left as it is.
    /// </summary>
    private static bool NeedsMissing(RowImage row, MemberSet missing) =>
        !row.Targets.IsEmpty && !(row.Targets.With(row.Parity) & missing).IsEmpty;

    private static WritePlan GiveUpOn(RowImage row)
    {
        row.Drop(row.Targets);
        return new WritePlan(row, WriteStrategy.GiveUp, MemberSet.None, isShortened: true);
    }

    private static WritePlan? Choose(RowImage row, MemberSet good, bool shortened)
    {
        MemberSet rest = row.Data - row.Targets;
        MemberSet old = row.Targets.With(row.Parity);
        bool canReconstruct = rest.IsSubsetOf(good);
        bool canModify = old.IsSubsetOf(good);
        if (canReconstruct && (!canModify || rest.Count <= old.Count))
        {
            WriteStrategy strategy = rest.IsEmpty ? WriteStrategy.FullStripe : WriteStrategy.Reconstruct;
            return new WritePlan(row, strategy, rest, shortened);
        }

        return canModify ? new WritePlan(row, WriteStrategy.ReadModify, old, shortened) : null;
    }

    /// <summary>
    /// A block whose member is away lives in the parity alone: it needs the parity's member, and nothing else
    /// that is missing.
    /// </summary>
    private static bool DropWhatCannotBeKept(RowImage row, MemberSet good, MemberSet reachable)
    {
        MemberSet away = row.Targets - reachable;
        MemberSet otherwiseMissing = row.Data - row.Targets - good;
        bool kept = away.IsEmpty
            || (reachable.Contains(row.Parity) && away.Count + otherwiseMissing.Count == 1);
        if (!kept)
        {
            row.Drop(away);
        }

        return !kept;
    }
}
