using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The durable state of a member: what checkpoint and log together say. Each record of the log is one change of it, and
/// this is the only place that says which.
/// </summary>
/// <remarks>
/// A slot that a change makes superfluous is not free before that change is durable: it is handed out by
/// <see cref="TakeRetired"/>, for the caller to free then.
/// </remarks>
internal sealed class MemberImage(long rows)
{
    private List<uint> _retired = [];

    public BlockTable Table { get; } = new(rows);

    /// <summary>The last decision that was adopted.</summary>
    public View View { get; set; }

    /// <summary>The last epoch that was committed while this member was in its mask.</summary>
    public Epoch Self { get; set; }

    /// <summary>The epoch that awaits its decision, and its blocks; null if there is none.</summary>
    public SealedEpoch? Sealed { get; private set; }

    /// <summary>The blocks of <see cref="Sealed"/>.</summary>
    public EpochBlocks? Pending { get; private set; }

    public void Seal(SealedEpoch epoch, EpochBlocks blocks)
    {
        Invariant.Require(Sealed is null, "one sealed epoch at a time");
        Sealed = epoch;
        Pending = blocks;
    }

    /// <summary>Makes the change of a record.</summary>
    /// <param name="record">What happened.</param>
    /// <param name="self">Which member this is.</param>
    /// <returns>False if it cannot have happened here: the log is damaged.</returns>
    public bool Apply(LogRecord record, MemberIndex self)
    {
        switch (record)
        {
            case LogRecord.Seal seal when Sealed is null:
                var blocks = new EpochBlocks(seal.Epoch.Epoch);
                foreach ((Row row, EpochBlock block) in seal.Blocks)
                {
                    if (row.Value >= Table.Rows)
                    {
                        return false;
                    }

                    blocks.Put(row, block with { Sequence = 0 });
                }

                Seal(seal.Epoch, blocks);
                return true;
            case LogRecord.Mask mask when Sealed?.Epoch == mask.Epoch.Epoch:
                Sealed = mask.Epoch;
                return true;
            case LogRecord.Commit commit when Sealed?.Epoch == commit.Epoch:
                CommitPending(self);
                return true;
            case LogRecord.Decision decision:
                Adopt(decision.View, decision.Applies, self);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The slots that are superfluous since the last call.</summary>
    public List<uint> TakeRetired()
    {
        List<uint> retired = _retired;
        _retired = [];
        return retired;
    }

    private void CommitPending(MemberIndex self)
    {
        SealedEpoch epoch = Sealed!.Value;
        foreach ((Row row, EpochBlock block) in Pending!.Sorted())
        {
            if (Table[row].Slot is { } old)
            {
                _retired.Add(old);
            }

            Table.Set(row, block.Slot, block.Checksum, epoch.Epoch);
        }

        Sealed = null;
        Pending = null;
        Self = epoch.Mask.Contains(self) ? epoch.Epoch : Self;
        if (epoch.Stamp > View.Stamp)
        {
            View = new View(epoch.Stamp, epoch.Epoch, epoch.Mask);
        }
    }

    private void Adopt(View view, bool applies, MemberIndex self)
    {
        if (Sealed is { } pending)
        {
            if (pending.Epoch != view.Decided)
            {
                _retired.AddRange(Pending!.All.Select(block => block.Slot));
                Sealed = null;
                Pending = null;
            }
            else if (applies)
            {
                CommitPending(self);
            }
        }

        View = view.Stamp >= View.Stamp ? view : View;
    }
}
