using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Gives a name in <c>/lost+found</c> to what has none, and chains orphans. Of lost directories only the topmost gets one: what is in them
/// is found again with them.
/// </summary>
internal sealed class FsckLostRepair(FsckRound round, IReadOnlyList<FsckFinding> findings)
{
    private const string FolderName = "lost+found";

    private static readonly Ownership Owner = new(new Permissions(0b111_000_000));

    private readonly DirectoryTree _tree = new(round.Volume);
    private readonly Dictionary<InodeNumber, FsckOutcome> _connected = [];
    private Dictionary<InodeNumber, InodeNumber>? _topmost;
    private InodeNumber _folder;
    private FsckOutcome? _chained;

    private Volume Volume => round.Volume;

    public async ValueTask<FsckOutcome> MendAsync(FsckFinding finding)
    {
        Result<Inode> lost = await Volume.Inodes.GetAsync(finding.Inode);
        if (!lost.IsOk)
            return FsckOutcome.Not(lost.Error);
        if (lost.Value.LinkCount == 0)
            return await ChainOrphansAsync();
        if (_topmost is null)
        {
            Result<Dictionary<InodeNumber, InodeNumber>> topmost = await FindTopmostAsync();
            if (!topmost.IsOk)
                return FsckOutcome.Not(topmost.Error);
            _topmost = topmost.Value;
        }

        InodeNumber top = _topmost[finding.Inode];
        if (!_connected.TryGetValue(top, out FsckOutcome outcome))
        {
            outcome = await ConnectAsync(top);
            _connected.Add(top, outcome);
            if (!outcome.IsMended)
                _folder = InodeNumber.None;
        }

        return top == finding.Inode || !outcome.IsMended ? outcome : FsckOutcome.Mended($"it is below {top}, which has a name again");
    }

    /// <summary>Chains all inodes in use that have no links and that no entry leads to, once in a round.</summary>
    public async ValueTask<FsckOutcome> ChainOrphansAsync()
    {
        if (!round.Check.Blocks.IsComplete)
            return FsckOutcome.Not("which inodes are orphans is not known as long as something cannot be read");
        if (_chained is { } chained)
            return chained;

        // Begun anew, and each added as if it had just lost its last link: whatever part of that is committed is a chain.
        Errno error = await BeginChainAsync();
        for (uint number = round.Layout.InodeCount; error == Errno.OK && number >= 1; number--)
            error = await AddOrphanAsync(new InodeNumber(number));
        _chained = error == Errno.OK ? FsckOutcome.Mended("the chain was made anew, of all inodes without links") : FsckOutcome.Not(error);
        return _chained.Value;
    }

    private async ValueTask<Errno> BeginChainAsync()
    {
        Result<CachedBlock> superblock = await Volume.Cache.PinAsync(0);
        if (superblock.IsOk)
            VolumeLayout.SetFirstOrphan(superblock.Value.Change(), InodeNumber.None);
        return superblock.Error;
    }

    private async ValueTask<Errno> AddOrphanAsync(InodeNumber number)
    {
        if (!Volume.InodeBitmap.IsTaken(number.Value - 1) || round.Check.IsReached(number))
            return Errno.OK;
        Result<Inode> orphan = await Volume.Inodes.GetAsync(number);
        if (!orphan.IsOk || orphan.Value.LinkCount != 0)
            return orphan.Error;
        Errno error = await round.Steps.MakeRoomAsync(Volume.Layout.LargestOperation);
        if (error != Errno.OK)
            return error;
        orphan = await Volume.Inodes.GetAsync(number);
        if (!orphan.IsOk)
            return orphan.Error;
        orphan.Value.PreviousOrphan = InodeNumber.None;
        return await Volume.Orphans.AddAsync(orphan.Value);
    }

    /// <summary>
    /// Of what is lost to each the topmost lost directory that it is below, or itself; of directories that hold each other in a circle that is
    /// the one with the lowest number.
    /// </summary>
    private async ValueTask<Result<Dictionary<InodeNumber, InodeNumber>>> FindTopmostAsync()
    {
        List<InodeNumber> lost =
            [.. findings.Where(static finding => finding.Problem == FsckProblem.LostInode).Select(static finding => finding.Inode)];
        var below = new Dictionary<InodeNumber, List<InodeNumber>>();
        var held = new HashSet<InodeNumber>();
        var all = new HashSet<InodeNumber>(lost);
        foreach (InodeNumber number in lost)
        {
            Result<Inode> inode = await Volume.Inodes.GetAsync(number);
            if (!inode.IsOk)
                return inode.Error;
            if (!inode.Value.IsDirectory || inode.Value.LinkCount == 0)
                continue;
            Result<IReadOnlyList<DirectoryEntry>> entries = await _tree.ListAsync(inode.Value, EntryPosition.OfDotDot, int.MaxValue);
            if (!entries.IsOk)
                return entries.Error;
            below[number] = [.. entries.Value.Select(static entry => entry.Inode).Where(inside => inside != number && all.Contains(inside))];
            held.UnionWith(below[number]);
        }

        var topmost = new Dictionary<InodeNumber, InodeNumber>();
        foreach (InodeNumber number in (InodeNumber[])[.. lost.Where(number => !held.Contains(number)), .. lost])
            PutBelow(number, below, topmost);
        return topmost;
    }

    /// <summary>Puts all that is below a directory, and has no topmost one yet, below it.</summary>
    private static void PutBelow(
        InodeNumber top, Dictionary<InodeNumber, List<InodeNumber>> below, Dictionary<InodeNumber, InodeNumber> topmost)
    {
        var next = new Stack<InodeNumber>([top]);
        while (next.TryPop(out InodeNumber number))
        {
            if (topmost.TryAdd(number, top) && below.TryGetValue(number, out List<InodeNumber>? inside))
                inside.ForEach(next.Push);
        }
    }

    /// <summary>Enters an inode in <c>/lost+found</c>, or where there is no space for that, in the root.</summary>
    private async ValueTask<FsckOutcome> ConnectAsync(InodeNumber number)
    {
        Result<Inode> folder = await GetFolderAsync();
        if (!folder.IsOk)
            return FsckOutcome.Not(folder.Error);
        Result<Inode> lost = await Volume.Inodes.GetAsync(number);
        if (!lost.IsOk)
            return FsckOutcome.Not(lost.Error);
        if (lost.Value.IsDirectory && folder.Value.LinkCount >= round.Layout.LinkLimit)
            return FsckOutcome.Not($"{folder.Value.Number} has as many subdirectories as it may have");
        Result<FileName> name = await FreeNameAsync(folder.Value, $"#{number.Value}");
        Errno error = name.IsOk ? await _tree.AddAsync(folder.Value, name.Value, number, lost.Value.Type) : name.Error;
        if (error != Errno.OK)
            return FsckOutcome.Not(error);
        folder.Value.NoteModified(Volume.Now);
        if (lost.Value.IsDirectory)
        {
            folder.Value.LinkCount++;
            lost.Value.Parent = folder.Value.Number;
        }

        string where = folder.Value.Number == OnDiskFormat.RootInode ? "/" : $"/{FolderName}/";
        return FsckOutcome.Mended($"it is {where}{name.Value} now");
    }

    /// <summary>The directory for what is lost; the root if there can be none: EIO.</summary>
    private async ValueTask<Result<Inode>> GetFolderAsync()
    {
        Result<Inode> root = await Volume.Inodes.GetAsync(OnDiskFormat.RootInode);
        if (!root.IsOk)
            return root;
        if (_folder != InodeNumber.None)
            return await Volume.Inodes.GetAsync(_folder);
        var name = new FileName(FolderName);
        if (name.Length > round.Layout.NameLimit)
            return root;
        Result<EntryPlace> present = await _tree.FindAsync(root.Value, name);
        if (present.IsOk && present.Value.Type == FileType.Directory)
        {
            _folder = present.Value.Inode;
            return await Volume.Inodes.GetAsync(_folder);
        }

        bool canBeMade = present.Error == Errno.ENOENT && root.Value.LinkCount < round.Layout.LinkLimit;
        return canBeMade ? await MakeFolderAsync(root.Value, name) : root;
    }

    private async ValueTask<Result<Inode>> MakeFolderAsync(Inode root, FileName name)
    {
        // A block for the entry in the root, and one for what is entered in it.
        if (Volume.Statistics.FreeInodes == 0 || Volume.FreeBlocks < 4 + round.Layout.MaxDirectoryHeight)
            return root;
        Result<Inode> made = await Volume.Inodes.TakeAsync(FileType.Directory, Owner, Volume.Now);
        if (!made.IsOk)
            return root;
        made.Value.LinkCount = 2;
        made.Value.Parent = root.Number;
        Errno error = await _tree.AddAsync(root, name, made.Value.Number, FileType.Directory);
        if (error != Errno.OK)
            return error;
        root.LinkCount++;
        root.NoteModified(Volume.Now);
        _folder = made.Value.Number;
        error = await round.Steps.MakeRoomAsync(round.Layout.LargestOperation);
        return error == Errno.OK ? await Volume.Inodes.GetAsync(_folder) : error;
    }

    /// <summary>A name that no entry of a directory has: ENAMETOOLONG if such names are too long for the volume, EUCLEAN, EIO.</summary>
    private async ValueTask<Result<FileName>> FreeNameAsync(Inode folder, string wanted)
    {
        for (int attempt = 0; attempt <= round.Layout.InodeCount; attempt++)
        {
            var name = new FileName(attempt == 0 ? wanted : $"{wanted}~{attempt}");
            if (name.Length > round.Layout.NameLimit)
                return Errno.ENAMETOOLONG;
            Result<EntryPlace> present = await _tree.FindAsync(folder, name);
            if (present.Error == Errno.ENOENT)
                return name;
            if (!present.IsOk)
                return present.Error;
        }

        return Errno.ENOSPC;
    }
}
