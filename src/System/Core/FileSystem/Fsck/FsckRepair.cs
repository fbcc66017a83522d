/*
 * Repairs a file system in rounds. A round checks it, as Fsck.cs does, and mends what was found, of the first stage in which
 * there is anything to mend; the next round checks the result. So a repair acts only on what a whole check says of the volume as it
 * is by then, each stage can rely on those before it, and the check judges what the repair did. The stages:
 *
 *   Bitmaps       the bits of what is no data, and of nothing, are set
 *   Inodes        each by itself fits the format
 *   Pointers      those that lead nowhere become holes
 *   Sizes         a file reaches to its last block
 *   Marks         what is used is marked so: from here on, blocks can be taken
 *   Copies        a block used twice is copied for the second
 *   Directories   trees are made anew from what can be read of them
 *   Entries       each leads to what it says
 *   Leaves        those that nothing leads to, of which a lost directory says whose they are, are put back
 *   Lost          what no entry leads to goes to /lost+found, or is an orphan
 *   Counts        parents, links, blocks, ends of files; what nothing uses is freed
 *
 * What is lost, and what nothing uses, is known only when every tree can be followed: the last three stages free and reconnect
 * nothing as long as a finding of an earlier one is left. Where something cannot be read, the check does not say what is lost, or
 * used by nobody, and the repair does not know better. What is unreadable stays so.
 *
 * Each repair is a step of the volume, whole or not made. All are committed at once, at the end, if the device takes so many blocks;
 * if not, whenever the next one might not fit. That is safe: a step decides from what is on the device, and takes nothing away that
 * a later round needs, so a repair that is cut off between two commits leaves a volume that is mended by the next one. A
 * directory too large for one commit is built beside the old one, in blocks that nothing leads to until its inode does.
 *
 * A round costs a check. One kind of damage takes two or three: to find it, to mend what comes of it, to see that nothing is left. Memory
 * is that of the check, and the blocks that are not committed yet.
 *
 * Faults assumed: as in the check. Rounds are bounded; what is left after the last one is reported.
 */

using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The order of repairs.</summary>
internal enum FsckStage
{
    Bitmaps,
    Inodes,
    Pointers,
    Sizes,
    Marks,
    Copies,
    Directories,
    Entries,
    Leaves,
    Lost,
    Counts,
}

/// <summary>What became of a finding in a stage; <c>default</c> if the stage is not the one for it.</summary>
/// <param name="IsMended">Whether something was changed.</param>
/// <param name="Text">What was done, or why nothing was.</param>
internal readonly record struct FsckOutcome(bool IsMended, string? Text)
{
    public static FsckOutcome Mended(string text) => new(true, text);

    public static FsckOutcome Not(string reason) => new(false, reason);

    /// <summary>Of a block that could not be read, or space that there was not.</summary>
    public static FsckOutcome Not(Errno error) => Not(error switch
    {
        Errno.EIO => "a block that it depends on cannot be read",
        Errno.ENOSPC => "there is no space for it",
        _ => $"it is not possible now: {error}",
    });
}

/// <summary>What the repairs of one round work on.</summary>
/// <param name="Check">What the check knows.</param>
/// <param name="Volume">The structures, which the repairs change.</param>
/// <param name="Steps">Frames each repair.</param>
internal sealed record FsckRound(FsckRun Check, Volume Volume, FsckSteps Steps)
{
    public VolumeLayout Layout => Volume.Layout;

    /// <summary>An inode as it is, be it against the format: EIO.</summary>
    public async ValueTask<Result<Inode>> ReadInodeAsync(InodeNumber number)
    {
        Result<CachedBlock> block = await Volume.Cache.GetAsync(Layout.BlockOf(number));
        return block.IsOk ? new Inode(number, block.Value, Layout.OffsetOf(number)) : block.Error;
    }
}

/// <summary>
/// Steps of a volume, committed when the next might not fit. After a commit that failed, <see cref="Error"/> says so, and no
/// step should follow.
/// </summary>
internal sealed class FsckSteps(IBlockDevice device, Volume volume, Timestamp now)
{
    public Errno Error { get; private set; }

    public async ValueTask BeginAsync()
    {
        await CommitIfFullAsync(volume.Layout.LargestOperation);
        volume.Begin(now);
    }

    public void End(bool keeps)
    {
        if (keeps)
            volume.Accept();
        else
            volume.Rollback();
    }

    /// <summary>Sees to it that the open step may change so many blocks more. What it has done so far may be committed.</summary>
    /// <returns>The error of that commit.</returns>
    public async ValueTask<Errno> MakeRoomAsync(long blocks)
    {
        if (volume.Cache.DirtyCount + blocks <= device.MaxUncommittedBlocks)
            return Errno.OK;
        volume.Accept();
        await CommitIfFullAsync(blocks);
        volume.Begin(now);
        return Error;
    }

    /// <summary>Whether one commit has room for so many blocks.</summary>
    public bool FitsOneCommit(long blocks) => blocks <= device.MaxUncommittedBlocks;

    private async ValueTask CommitIfFullAsync(long blocks)
    {
        if (Error == Errno.OK && volume.Cache.DirtyCount + blocks > device.MaxUncommittedBlocks)
            Error = await volume.Cache.CommitAsync();
    }
}

/// <summary>One repair.</summary>
internal sealed class FsckRepairRun(IBlockDevice device, BufferCache cache, VolumeLayout layout, Timestamp now)
{
    /// <summary>
    /// A round for each stage, and again for what that brings to light, three times over. Damage that hides other damage of its kind
    /// more often than that is mended so far, and a further repair goes on from there.
    /// </summary>
    private const int MostRounds = 40;

    private readonly List<FsckRepair> _repairs = [];
    private readonly List<FsckRepair> _left = [];
    private Volume? _volume;
    private Errno _error;

    /// <param name="before">What was repaired already, in the cache.</param>
    public async Task<FsckRepairReport> RepairAsync(IEnumerable<FsckRepair> before)
    {
        _repairs.AddRange(before);
        FsckReport report;
        int round = 0;
        bool goesOn;
        do
        {
            var check = new FsckRun(layout, cache);
            report = await check.CheckAsync();
            _left.Clear();
            goesOn = ++round < MostRounds && await MendAsync(report, check);
        }
        while (goesOn);

        if (_error == Errno.OK)
            _error = await cache.CommitAsync();
        HashSet<FsckFinding> explained = [.. _left.Select(static each => each.Finding)];
        foreach (FsckFinding finding in report.Findings)
        {
            if (!explained.Contains(finding))
                _left.Add(new FsckRepair(finding, WhyLeft(finding)));
        }

        return new FsckRepairReport(_repairs, _left, _error);

        string WhyLeft(FsckFinding finding) =>
            _error != Errno.OK ? "the device failed"
            : finding.Problem == FsckProblem.Unreadable ? "what cannot be read is left as it is"
            : round == MostRounds ? $"it is left after {MostRounds} rounds"
            : "something else must be mended first";
    }

    /// <summary>Mends what was found, of the first stage in which something can be.</summary>
    /// <returns>Whether anything was mended, so that another round is due.</returns>
    private async ValueTask<bool> MendAsync(FsckReport report, FsckRun check)
    {
        if (report.IsClean)
            return false;
        if (report.Findings.Any(static finding => finding.Problem == FsckProblem.BadBitmap))
        {
            cache.Begin();
            await new FsckBitmapRepair(layout, cache).SetReservedAsync();
            cache.Accept();
            foreach (FsckFinding finding in report.Findings.Where(static finding => finding.Problem == FsckProblem.BadBitmap))
                Note(finding, FsckOutcome.Mended("they were set"));
            return true;
        }

        if (_volume is null)
        {
            Result<Volume> volume = await Volume.LoadAsync(layout, cache);
            if (!volume.IsOk)
                return false;
            _volume = volume.Value;
        }

        var steps = new FsckSteps(device, _volume, now);
        var round = new FsckRound(check, _volume, steps);
        var remedies = new FsckRemedies(round, report.Findings);
        for (FsckStage stage = FsckStage.Inodes; stage <= FsckStage.Counts; stage++)
        {
            // What nothing leads to is not known as long as a way may be hidden.
            if (stage == FsckStage.Leaves && _left.Count > 0)
                return false;
            int before = _repairs.Count;
            foreach (FsckFinding finding in report.Findings)
            {
                await steps.BeginAsync();
                if (steps.Error != Errno.OK)
                {
                    steps.End(keeps: false);
                    _error = steps.Error;
                    return false;
                }

                FsckOutcome outcome = await remedies.MendAsync(stage, finding);
                steps.End(keeps: outcome.IsMended);
                Note(finding, outcome);
            }

            if (_repairs.Count > before)
                return true;
        }

        return false;
    }

    private void Note(FsckFinding finding, FsckOutcome outcome)
    {
        if (outcome.Text is { } text)
            (outcome.IsMended ? _repairs : _left).Add(new FsckRepair(finding, text));
    }
}

/// <summary>Which repair is for what, and in which stage.</summary>
internal sealed class FsckRemedies(FsckRound round, IReadOnlyList<FsckFinding> findings)
{
    private readonly FsckInodeRepair _inodes = new(round);
    private readonly FsckBlockRepair _blocks = new(round);
    private readonly FsckDirectoryRepair _directories = new(round, findings);
    private readonly FsckEntryRepair _entries = new(round);
    private readonly FsckLostRepair _lost = new(round, findings);

    public ValueTask<FsckOutcome> MendAsync(FsckStage stage, FsckFinding finding) => (stage, finding.Problem) switch
    {
        (FsckStage.Inodes, FsckProblem.BadInode) => _inodes.MendAsync(finding),
        (FsckStage.Inodes, FsckProblem.WrongEntryType) => _inodes.MendTypeAsync(finding),
        (FsckStage.Inodes, FsckProblem.BadPointer) => _inodes.MendLinkAsync(finding),
        (FsckStage.Pointers, FsckProblem.BadPointer) => _blocks.CutAsync(finding),
        (FsckStage.Pointers, FsckProblem.BlockPastEnd) => _blocks.CutUnmarkedAsync(finding),
        (FsckStage.Pointers, FsckProblem.BlockUsedTwice) => _blocks.CutSecondAsync(finding),
        (FsckStage.Pointers, FsckProblem.BadAttributes) => _blocks.MendAttributesAsync(finding),
        (FsckStage.Sizes, FsckProblem.BlockPastEnd) => _inodes.ExtendAsync(finding),
        (FsckStage.Marks, FsckProblem.BlockNotMarked) => new(_blocks.Mark(finding)),
        (FsckStage.Copies, FsckProblem.BlockUsedTwice) => _blocks.CopyAsync(finding),
        (FsckStage.Directories, FsckProblem.BadInode or FsckProblem.BadPointer or FsckProblem.BlockUsedTwice
            or FsckProblem.BadIndex or FsckProblem.MisplacedEntry or FsckProblem.EmptyLeaf
            or FsckProblem.BadRecord or FsckProblem.DuplicateName) => _directories.RebuildAsync(finding),
        (FsckStage.Entries, FsckProblem.EntryToFreeInode) => _entries.MendTargetAsync(finding),
        (FsckStage.Entries, FsckProblem.WrongEntryType) => _entries.MendTypeAsync(finding),
        (FsckStage.Entries, FsckProblem.DirectoryLinkedTwice) => _entries.MendSecondWayAsync(finding),
        (FsckStage.Leaves, FsckProblem.LostInode) => _directories.AdoptAsync(finding),
        (FsckStage.Lost, FsckProblem.LostInode) => _lost.MendAsync(finding),
        (FsckStage.Lost, FsckProblem.BadOrphanChain) => _lost.ChainOrphansAsync(),
        (FsckStage.Counts, FsckProblem.WrongParent) => _inodes.SetParentAsync(finding),
        (FsckStage.Counts, FsckProblem.WrongLinkCount) => _inodes.SetLinkCountAsync(finding),
        (FsckStage.Counts, FsckProblem.WrongBlockCount) => _inodes.SetBlockCountAsync(finding),
        (FsckStage.Counts, FsckProblem.TailNotZero) => _blocks.ClearTailAsync(finding),
        (FsckStage.Counts, FsckProblem.BlockLeaked) => new(_blocks.Free(finding)),
        _ => default,
    };
}
