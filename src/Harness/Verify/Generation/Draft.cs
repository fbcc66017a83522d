using Raid5Fs.FileSystem;
using Raid5Verify.Faults;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Generation;

/*
 * The state of the generator: the dice, and a reference file system to which every operation drawn so far was done.
 * So it knows which names exist and how large files are, and most operations that it draws do something.
 */

/// <summary>A scenario being drawn: what the kinds of steps ask for a name, a size or a time.</summary>
internal sealed class Draft
{
    /// <summary>Of the commits that were drawn last, how many may all have come to nothing because the client died.</summary>
    private const int CommitsInDoubt = 3;

    /// <summary>A fault of the client may strike so many steps after it was drawn.</summary>
    private const int StepsUntilItStrikes = 15;

    /// <summary>One scenario in so many has a large directory, where any may: it takes as long as many others.</summary>
    private const int LargeDirectoryEvery = 25;

    /// <summary>One name in so many is about as long as names may be: a few of them fill a block of a directory.</summary>
    private const int LongNameEvery = 16;

    /// <summary>Bytes of a target that an inode holds itself; a longer one has a block.</summary>
    private const int InlineTarget = 60;

    private const int EntriesOfLargeDirectory = 10_000;

    private const int EntriesAtOnce = 500;

    /// <summary>More than an entry takes, where blocks are half empty.</summary>
    private const int BytesOfEntry = 100;

    private static readonly string[] ShortNames = ["a", "b", "c", "d", "e", "f", "g", "h"];

    private static readonly uint[] People = [0, 1000, 1001, 65_534, uint.MaxValue - 1];

    private static readonly int[] CommonPermissions = [0, 0b110_100_100, 0b111_101_101, 0b100_111_101_101, 0b010_111_111_101, 0b001_111_111_111];

    private static readonly string[] Attributes = ["user.a", "user.b", "user.colour", "trusted.x", "security.label"];

    private static readonly string[] OddAttributes =
        ["user.", "user", "system.posix_acl_access", "nothing", "", "user." + new string('n', 251), "user." + new string('m', 250)];

    private static readonly string[] OpenNames = ["$a", "$b", "$c"];

    private readonly ReferenceFileSystem _files;
    private readonly ReferencePaths _paths;
    private List<string> _existingFiles = [];
    private List<string> _existingDirectories = ["/"];
    private List<string> _existingLinks = [];
    private List<string> _existingNodes = [];
    private long _bytes;
    private long _grown;
    private long _broughtBack;
    private int _steps;
    private int? _lastClientFault;

    /// <summary>At the last commits: the bytes of all files, how much had been added to files until then, and the step.</summary>
    private readonly Queue<(long Bytes, long Grown, int Step)> _commits = new([(0, 0, 0)]);

    private readonly Workload _workload;

    /// <param name="dice">All chance comes from here.</param>
    /// <param name="cluster">What it is for.</param>
    /// <param name="workload">What is done with the files.</param>
    /// <param name="mode">How far faults may go.</param>
    public Draft(Random dice, ClusterShape cluster, Workload workload, RunMode mode = RunMode.Safety)
    {
        _workload = workload;
        MayChangeWhileRead = mode == RunMode.Safety && !workload.FillsUp;
        Dice = dice;
        Cluster = cluster;
        _files = new ReferenceFileSystem(cluster.Limits);
        _paths = new ReferencePaths(_files);
    }

    public Random Dice { get; }

    public ClusterShape Cluster { get; }

    /// <summary>Names in use, of whatever kind.</summary>
    private int Names => _existingFiles.Count + _existingDirectories.Count + _existingLinks.Count + _existingNodes.Count;

    /// <summary>Whether several changes can be one step: none of them may be refused for what only the file system knows.</summary>
    public bool MayChangeWhileRead { get; }

    public bool HasFiles => _existingFiles.Count > 0;

    /// <summary>Whether anything is open, as far as is known: a client may have died since.</summary>
    public bool HasOpenFiles => _files.OpenFiles.Count > 0;

    /// <summary>
    /// The bytes that files may still grow by: all of it where the array may become full. Else half of the array is left free, so ENOSPC
    /// is next to never: nor where the client dies, a recovery brings back what was deleted since a commit, and all that was drawn after
    /// that is added to it.
    /// </summary>
    private long Room => _workload.FillsUp
        ? Cluster.Capacity
        : (Cluster.Capacity / 2) - _broughtBack - Math.Max(_bytes, _commits.Max(commit => commit.Bytes + _grown - commit.Grown));

    /// <summary>Whether files may grow by so many blocks, and so many be made.</summary>
    public bool HasRoomFor(int blocks, int files) => !_workload.IsDeep && blocks * Cluster.Block.Bytes <= Room && Names + files <= _workload.MaxNames;

    /// <summary>Whether more is in files than was meant to be: something may meet a full array.</summary>
    public bool IsCrowded => Room < 0;

    public bool Chance(int oneIn) => Dice.Next(oneIn) == 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Dice.Next(from.Count)];

    public int Server() => Dice.Next(Cluster.Servers);

    /// <summary>A time from one end to the other, in steps of a tenth of a millisecond.</summary>
    public TimeSpan Time(TimeSpan from, TimeSpan to)
    {
        long grain = TimeSpan.TicksPerMillisecond / 10;
        return TimeSpan.FromTicks(Dice.NextInt64(from.Ticks / grain, (to.Ticks / grain) + 1) * grain);
    }

    /// <summary>How late a message is: mostly a little, now and then so late that its sender has long asked again.</summary>
    public TimeSpan Lateness() =>
        Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(Chance(3) ? 80 : 5));

    /// <summary>What the scenario begins with.</summary>
    public IEnumerable<Step> Preparation()
    {
        if (!_workload.IsDeep)
        {
            yield break;
        }

        string directory = "/";
        for (int levels = Dice.Next(40); levels > 0; levels--)
        {
            directory = Join(directory, Name());
            yield return new Mkdir { Path = directory };
        }

        if (Chance(LargeDirectoryEvery))
        {
            yield return new Create { Path = "/large-file" };
            yield return new Mkdir { Path = "/large" };
            for (int first = 0; first < Math.Min(EntriesOfLargeDirectory, Cluster.Capacity / BytesOfEntry); first += EntriesAtOnce)
            {
                yield return new Populate { Path = "/large", To = "/large-file", Entries = EntriesAtOnce, First = first };
            }

            yield return new Fsync { Path = "/" };
        }
    }

    public ulong Fill() => (ulong)Dice.Next(1, 1000);

    /// <summary>Mostly an extended attribute that is there, if there is any.</summary>
    public (string Path, string Name) Attribute()
    {
        List<(string Path, string Name)> attached = [.. _existingFiles.Concat(_existingDirectories)
            .SelectMany(path => _paths.ListExtendedAttributes(path).Value, static (path, name) => (path, name))];
        return attached.Count > 0 && !Chance(4) ? Pick(attached) : (FileOrOpened(), AttributeName());
    }

    /// <summary>The name of an extended attribute: few, so that they meet, and some that cannot be.</summary>
    public string AttributeName() => Pick(Chance(5) ? OddAttributes : Attributes);

    /// <summary>Mostly short; some that only just fit a block, and some that do not.</summary>
    public string AttributeValue() => new(
        (char)('a' + Dice.Next(26)), Chance(3) ? Dice.Next((int)Math.Min(Cluster.Block.Bytes, 2000)) : Dice.Next(40));

    /// <summary>A user or a group: few, so that they meet.</summary>
    public uint Person() => Pick(People);

    /// <summary>Whatever bits, those that change what is made or who may what not least.</summary>
    public Permissions Mode() => new((ushort)(Chance(2) ? Dice.Next(Permissions.All + 1) : Pick(CommonPermissions)));

    /// <summary>Mostly the superuser's, with the permissions that all have.</summary>
    public Ownership Owner(Permissions usual) =>
        Chance(4) ? new Ownership(Mode(), Person(), Person()) : new Ownership(usual);

    /// <summary>Now, or a time long ago, far ahead, or at the edge of a second.</summary>
    public TimeSetting TimeToSet() => Chance(3)
        ? TimeSetting.Now
        : TimeSetting.At(new Timestamp(
            (Dice.NextInt64(-2_000_000_000, 9_000_000_000) * 1_000_000_000) + (Chance(2) ? 0 : Dice.Next(1_000_000_000))));

    /// <summary>Mostly a file that is there, now and then by way of a symbolic link.</summary>
    public string File() => !HasFiles ? Join("/", Name())
        : Chance(12) ? Any()
        : Chance(6) && _existingLinks.Count > 0 ? Through(Pick(_existingLinks))
        : Chance(8) && _existingNodes.Count > 0 ? Pick(_existingNodes)
        : Pick(_existingFiles);

    /// <summary>As <see cref="File"/>, or one that is open.</summary>
    public string FileOrOpened() => HasOpenFiles && Chance(3) ? Opened() : File();

    /// <summary>Mostly one that is open, if there is any.</summary>
    public string Opened() => HasOpenFiles && !Chance(6) ? Pick([.. _files.OpenFiles.Keys]) : NameToOpen();

    /// <summary>What an open file is called: few names, so that files are closed for others.</summary>
    public string NameToOpen() => Pick(OpenNames);

    /// <summary>Mostly a symbolic link, if there is one.</summary>
    public string Link() => _existingLinks.Count == 0 || Chance(6) ? File() : Pick(_existingLinks);

    /// <summary>What a symbolic link may stand for: what is there, what is not, itself; far and near.</summary>
    public string Target() => Dice.Next(8) switch
    {
        0 => Name(),
        1 => Pick(_existingDirectories),
        2 => Join("..", Name()),
        3 => ".",
        4 when _existingLinks.Count > 0 => Pick(_existingLinks),
        5 => Join(Pick(_existingDirectories), new string('t', Chance(2) ? InlineTarget - 2 + Dice.Next(3) : Dice.Next(40, Cluster.Limits.MaxTargetLength + 2))),
        _ => File(),
    };

    public bool Exists(string path) => _paths.Lstat(path).IsOk;

    /// <summary>A directory that is there, where trees are to be deep mostly the deepest.</summary>
    public string ExistingDirectory() =>
        _workload.IsDeep && Chance(2) ? _existingDirectories.MaxBy(static path => path.Count('/'))! : Pick(_existingDirectories);

    /// <summary>Mostly an entry that a directory has, or one that it might.</summary>
    public string EntryOf(string directory)
    {
        List<string> entries = [.. _existingFiles.Concat(_existingNodes).Concat(_existingLinks)
            .Where(path => Join(directory, path[(path.LastIndexOf('/') + 1)..]) == path)];
        return entries.Count > 0 && !Chance(3) ? Pick(entries) : Join(directory, Name());
    }

    /// <summary>Mostly a directory that is there.</summary>
    public string Directory() => Chance(12) ? Any() : ExistingDirectory();

    /// <summary>Mostly a name that is free, in a directory that is there.</summary>
    public string Free() =>
        Names >= _workload.MaxNames ? ExistingDirectory()
        : Chance(10) ? Any()
        : Join(ExistingDirectory(), Name());

    /// <summary>Any path, the odd ones included.</summary>
    public string Any() => Dice.Next(10) switch
    {
        0 => Join(Pick(_existingDirectories), "."),
        1 => Join(Pick(_existingDirectories), ".."),
        2 when HasFiles => Pick(_existingFiles) + "/",
        3 when HasFiles => Join(Pick(_existingFiles), Name()),
        4 => Join(Pick(_existingDirectories), "missing/" + Name()),
        5 => Join(Pick(_existingDirectories), new string('n', Cluster.Limits.MaxNameLength + Dice.Next(2))),
        6 => Join(Pick(_existingDirectories), Name()) + "/",
        7 when HasFiles => Pick(_existingFiles),
        _ => Pick(_existingDirectories),
    };

    /// <summary>A file of a member: mostly that of the blocks.</summary>
    public StoredFile StoredFile() => Dice.Next(5) switch
    {
        0 => Faults.StoredFile.Log,
        1 => Faults.StoredFile.Superblock,
        _ => Faults.StoredFile.Slots,
    };

    /// <summary>A length that likes the edges of blocks, chunks and stripes.</summary>
    public ByteSize Length()
    {
        long block = Cluster.Block.Bytes;
        long chunk = block * Cluster.Chunk;
        long length = Dice.Next(10) switch
        {
            0 => Dice.Next(2),
            1 => block - 1 + Dice.Next(3),
            2 => chunk - 1 + Dice.Next(3),
            3 => (chunk * (Cluster.Servers - 1)) + Dice.Next(2),
            4 or 5 => block * Dice.Next(1, 9),
            _ => Dice.NextInt64(1, block * 8),
        };
        return new ByteSize(Math.Clamp(length, 0, Math.Max(0, Math.Min(block * 32, Room))));
    }

    /// <summary>An offset into a file: its start, its end, the edge of a block, a little past the end, or far away.</summary>
    public ByteSize Offset(string file)
    {
        if (_workload.IsDeep && Chance(3))
        {
            return FarOffset();
        }

        long size = SizeOf(file);
        long block = Cluster.Block.Bytes;
        long offset = Dice.Next(6) switch
        {
            0 => size,
            1 => size + Dice.NextInt64(0, Math.Clamp(Room, 1, block * 2)),
            2 => Dice.NextInt64(0, (size / block) + 1) * block,
            3 => Dice.NextInt64(0, size + 1),
            _ => 0,
        };
        return new ByteSize(offset);
    }

    /// <summary>About where a file's pointers become those of the next kind, or end, or anywhere up to there.</summary>
    private ByteSize FarOffset()
    {
        ReferenceLimits limits = Cluster.Limits;
        long block = Cluster.Block.Bytes;
        long pointers = limits.Space!.PointersPerBlock;
        long edge = Dice.Next(5) switch
        {
            0 => ReferenceSpace.DirectPointers * block,
            1 => (ReferenceSpace.DirectPointers + pointers) * block,
            2 => (ReferenceSpace.DirectPointers + pointers + (pointers * pointers)) * block,
            3 => limits.MaxFileSize,
            _ => Dice.NextInt64(limits.MaxFileSize),
        };
        return new ByteSize(edge + (Chance(2) ? 0 : Dice.NextInt64(-2 * block, 2 * block)));
    }

    /// <summary>A stored block: of a file, or whatever lies in a row; rows at the front are used first.</summary>
    public BlockTarget Block()
    {
        string? file = HasFiles && !Chance(3) ? Pick(_existingFiles) : null;
        return file is not null && SizeOf(file) is > 0 and long size
            ? new BlockTarget.OfFile(file, new ByteSize(Dice.NextInt64(0, size)))
            : new BlockTarget.OnServer(Server(), Dice.Next(Math.Max(1, Cluster.Rows / (Chance(4) ? 1 : 4))));
    }

    /// <summary>Follows a step that was drawn.</summary>
    public void Follow(Step step)
    {
        _steps++;
        if (step is CrashClient or CrashClientAt or Takeover)
        {
            _lastClientFault = _steps;
        }

        if (step is Remount or CrashClient or Takeover)
        {
            _files.CloseAll();
        }

        if (step is Remount || (step is Fsync fsync && _paths.Find(fsync.Path).IsOk))
        {
            _commits.Enqueue((_bytes, _grown, _steps));
            if (_commits.Count > CommitsInDoubt)
            {
                ForgetCommit();
            }
        }

        if (step is Concurrent concurrent)
        {
            // In one of the orders in which it may be done.
            foreach (Step each in concurrent.Steps)
            {
                Follow(each);
            }
        }

        if (step is not FileOperation operation)
        {
            return;
        }

        // Questions change nothing: to follow them would only take time.
        if (!operation.Changes)
        {
            return;
        }

        operation.ApplyTo(_paths);
        _existingFiles = [];
        _existingDirectories = [];
        _existingLinks = [];
        _existingNodes = [];
        long before = _bytes;
        _bytes = 0;
        HashSet<InodeNumber> counted = [];
        foreach ((string path, InodeAttributes attributes) in _files.Walk())
        {
            _bytes += _files.ListExtendedAttributes(attributes.Inode).Value.Count > 0 ? Cluster.Block.Bytes : 0;
            PathsOf(attributes.Type).Add(path);
            _bytes += counted.Add(attributes.Inode) ? BytesOf(attributes) : 0;
        }

        _bytes += _files.Removed().Sum(BytesOf);

        _grown += Math.Max(0, _bytes - before);
    }

    private long BytesOf(InodeAttributes attributes) => attributes.Type switch
    {
        FileType.Regular => attributes.Blocks * Cluster.Block.Bytes,
        FileType.SymbolicLink => attributes.Size,
        _ => 0,
    };

    private List<string> PathsOf(FileType type) => type switch
    {
        FileType.Directory => _existingDirectories,
        FileType.SymbolicLink => _existingLinks,
        FileType.Regular => _existingFiles,
        _ => _existingNodes,
    };

    /// <summary>A link as the end of a path, or as a directory on the way.</summary>
    private string Through(string link) => Chance(2) ? link : Join(link, Name());

    /// <summary>
    /// What was deleted between the oldest commit and the next does not come back by now; unless a client that died about then
    /// brought it back already, and for good.
    /// </summary>
    private void ForgetCommit()
    {
        (long bytes, long grown, int step) = _commits.Dequeue();
        (long bytesThen, long grownThen, _) = _commits.Peek();
        if (_lastClientFault >= step - StepsUntilItStrikes)
        {
            _broughtBack += bytes + grownThen - grown - bytesThen;
        }
    }

    /// <summary>The path of a name in a directory.</summary>
    public static string Join(string directory, string name) => directory == "/" ? $"/{name}" : $"{directory}/{name}";

    private long SizeOf(string path) =>
        _paths.Find(path) is { IsOk: true, Value: { Type: FileType.Regular } file } ? file.Size : 0;

    private string Name() =>
        Chance(_workload.IsDeep ? 3 : LongNameEvery) ? new string((char)('a' + Dice.Next(8)), Cluster.Limits.MaxNameLength - Dice.Next(2))
        : Chance(8) ? $"a-longer-name-{Dice.Next(4)}"
        : Pick(ShortNames);
}
