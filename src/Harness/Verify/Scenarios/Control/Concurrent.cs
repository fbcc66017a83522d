using Raid5Fs.FileSystem;
using Raid5Verify.Generation;
using Raid5Verify.Reference;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Scenarios.Control;

/// <summary>
/// Several tasks of the client ask side by side: those that name the same task one after another. Their answers must be those of
/// some order in which each was done at one moment while it was under way.
/// </summary>
/// <remarks>
/// All of it is about the entries of one directory, and none of them is a symbolic link: a path that is walked step by step while
/// others change its parts leads, as under UNIX, where it never did at any one moment. Nor are names given, taken or changed of which
/// others read or write what they lead to: that is found by one call, and used by another. Where it is otherwise when the step comes,
/// they are asked one after another.
/// </remarks>
public sealed record Concurrent : Step
{
    private const int MostCalls = 12;

    /// <summary>To which a file grows by what is drawn.</summary>
    private const int MostBlocks = 8;

    private static readonly string[] Contents = ["p0", "p1"];
    private static readonly string[] Names = ["p2", "p3"];
    private static readonly string[] Tasks = ["one", "two", "three"];

    /// <summary>File operations, 1 to 12.</summary>
    [Subject]
    public required IReadOnlyList<Step> Steps { get; init; }

    public bool Equals(Concurrent? other) => other is not null && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => Steps.Aggregate(0, static (hash, step) => (hash * 31) + step.GetHashCode());

    internal static Concurrent Draw(Draft draft)
    {
        string directory = draft.ExistingDirectory();
        bool hasRoom = draft.HasRoomFor(Contents.Length * MostBlocks, Contents.Length + Names.Length);
        var steps = new List<Step>();
        int tasks = draft.Dice.Next(2, 4);
        for (int task = 0; task < tasks; task++)
        {
            for (int i = draft.Dice.Next(1, tasks == 2 ? 4 : 3); i > 0; i--)
            {
                FileOperation operation = Draw(draft, () => Path(Contents), () => Path(Names), directory);
                if (!hasRoom && operation is Write or Truncate or Create or Mkdir)
                {
                    operation = new Readdir { Path = directory };
                }

                steps.Add(operation with { Task = Tasks[task], Think = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)) });
            }
        }

        return new Concurrent { Steps = steps };

        string Path(string[] among) => Draft.Join(directory, draft.Pick(among));
    }

    /// <summary>What is to be read or written and is not there yet; some of it stays away.</summary>
    internal IEnumerable<Create> FilesToMake(Draft draft) => Steps.OfType<Write>().Select(write => write.Path).Distinct()
        .Where(path => !draft.Exists(path) && !draft.Chance(4))
        .Select(static path => new Create { Path = path });

    internal override FieldProblem? FindProblem(ClusterShape cluster) =>
        Steps.FirstOrDefault(step => step is not FileOperation) is { } other
            ? new FieldProblem(nameof(Steps), $"only file operations can be asked side by side, not {other}")
        : Steps.Count is 0 or > MostCalls
            ? new FieldProblem(nameof(Steps), $"1 to {MostCalls} operations can be asked side by side, not {Steps.Count}")
        : Steps.OfType<FileOperation>().FirstOrDefault(static step => !CanBeJudged(step)) is { } odd
            ? new FieldProblem(nameof(Steps), $"what {odd} answers beside others cannot be judged")
        : Steps.Select(step => step.FindProblem(cluster)).FirstOrDefault(static problem => problem is not null);

    internal override Task ApplyAsync(ScenarioRun run) => run.AskSideBySideAsync(files =>
    {
        List<FileOperation> operations = [.. Steps.Cast<FileOperation>().Select(step => step.Against(files))];
        string? obstacle = WhyNotOneDirectory(operations, files) ?? WhyNotSideBySide(operations);
        int lone = 0;
        List<AskingTask> tasks =
        [
            .. operations.GroupBy(operation => obstacle is not null ? Tasks[0] : operation.Task.Length > 0 ? operation.Task : $"task {++lone}")
                .Select(task => new AskingTask(task.Key, [.. task])),
        ];
        if (tasks.Count == 1)
        {
            run.OnEvent?.Invoke(new RunEvent.AskedInTurn(obstacle ?? "all of it is asked by one task"));
        }

        return tasks;
    });

    private static FileOperation Draw(Draft draft, Func<string> content, Func<string> name, string directory) => draft.Dice.Next(20) switch
    {
        < 5 => new Write { Path = content(), At = Bytes(draft, blocks: 2), Length = Bytes(draft, MostBlocks - 2), Fill = draft.Fill() },
        < 8 => new Read { Path = content(), At = new ByteSize(0), Length = new ByteSize(MostBlocks * draft.Cluster.Block.Bytes) },
        8 => new Truncate { Path = content(), Size = Bytes(draft, MostBlocks) },
        9 => new Stat { Path = content() },
        10 => new Stat { Path = name() },
        < 13 => new Create { Path = name() },
        13 => new Unlink { Path = name() },
        < 16 => new Rename { Path = name(), To = name() },
        16 => new Mkdir { Path = name() },
        17 => new Rmdir { Path = name() },
        18 => new Readdir { Path = directory },
        _ => new Fsync { Path = directory },
    };

    private static ByteSize Bytes(Draft draft, int blocks) => new(1 + draft.Dice.NextInt64(blocks * draft.Cluster.Block.Bytes));

    private static bool CanBeJudged(FileOperation operation) => operation is Create or Write or Read or Stat or Unlink or Rename or Mkdir
        or Rmdir or Readdir { IsInParts: false, Meanwhile.Count: 0 } or Truncate or Fsync or Chmod or Lstat;

    /// <returns>Null if all paths are one directory, or names in it, and none leads through a symbolic link.</returns>
    private static string? WhyNotOneDirectory(List<FileOperation> operations, ReferencePaths paths)
    {
        List<string> entries = [.. operations.Where(static operation => !IsOfDirectory(operation)).SelectMany(static operation => operation.Paths)];
        List<string> wholes = [.. operations.Where(IsOfDirectory).SelectMany(static operation => operation.Paths)];
        string directory = entries.Count > 0 ? ParentOf(entries[0]) : wholes[0];
        return entries.Find(OpenName.Is) is { } open ? $"{open} is an open file, and no name in a directory"
            : directory.Length == 0 ? $"'{entries.Concat(wholes).First()}' is no absolute path"
            : entries.Find(path => ParentOf(path) != directory || path.Length == 1) is { } elsewhere ? $"{elsewhere} is no entry of {directory}"
            : operations.Find(operation => IsOfDirectory(operation) && operation.Paths.First() != directory) is { } other
                ? $"{StepKind.TagOf(other.GetType())} is of {other.Paths.First()}, all else of the entries of {directory}"
            : entries.Concat(Above(directory)).FirstOrDefault(path => IsLink(path, paths)) is { } link ? $"{link} is a symbolic link"
            : null;
    }

    /// <returns>Null if none asks for what a name leads to that another gives, takes or changes.</returns>
    private static string? WhyNotSideBySide(List<FileOperation> operations)
    {
        List<FileOperation> changes = operations.FindAll(IsOfNames);
        foreach (FileOperation use in operations.Where(static operation => operation is Read or Write or Truncate or Chmod))
        {
            string name = use.Paths.First();
            if (changes.Find(change => change.Paths.Contains(name)) is { } change)
            {
                return $"{StepKind.TagOf(use.GetType())} goes through {name}, a name that {StepKind.TagOf(change.GetType())} gives, takes or changes";
            }
        }

        return null;
    }

    private static bool IsOfNames(FileOperation operation) => operation is Create or Unlink or Rename or Mkdir or Rmdir;

    private static bool IsOfDirectory(FileOperation operation) => operation is Readdir or Fsync;

    private static bool IsLink(string path, ReferencePaths paths) =>
        paths.Lstat(path) is { IsOk: true, Value.Type: FileType.SymbolicLink };

    /// <returns>Empty for what is no absolute path.</returns>
    private static string ParentOf(string path) => path.LastIndexOf('/') switch
    {
        < 0 => string.Empty,
        0 => "/",
        var slash => path[..slash],
    };

    /// <summary>A directory, and all above it.</summary>
    private static IEnumerable<string> Above(string directory)
    {
        for (; directory.Length > 1; directory = ParentOf(directory))
        {
            yield return directory;
        }
    }
}
