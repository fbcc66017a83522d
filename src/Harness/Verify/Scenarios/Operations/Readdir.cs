using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>The names and types in a directory.</summary>
public sealed record Readdir : FileOperation
{
    private const int UsualAtATime = 1000;

    /// <summary>Which directory; an open one by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>So many entries are asked for at a time.</summary>
    [Between(1, 10_000)]
    public int AtATime { get; init; } = UsualAtATime;

    /// <summary>
    /// What is done to entries of the directory while it is read, one after each part, and the rest at the end. Entries that are not
    /// concerned must then be answered, each once.
    /// </summary>
    public IReadOnlyList<Step> Meanwhile { get; init; } = [];

    /// <summary>In parts a directory is read by several calls, between which it may change.</summary>
    internal bool IsInParts => AtATime < UsualAtATime;

    internal override bool Changes => Meanwhile.Count > 0;

    public bool Equals(Readdir? other) => base.Equals(other)
        && (Path, AtATime) == (other.Path, other.AtATime) && Meanwhile.SequenceEqual(other.Meanwhile);

    public override int GetHashCode() => HashCode.Combine(Path, AtATime, Meanwhile.Count);

    internal static Readdir Draw(Draft draft)
    {
        if (draft.MayChangeWhileRead && draft.Chance(2))
        {
            string directory = draft.ExistingDirectory();
            Step[] changes = [.. Enumerable.Range(0, draft.Dice.Next(1, 5)).Select(_ => DrawChange(draft, directory))];
            return new Readdir { Path = directory, AtATime = draft.Dice.Next(1, 4), Meanwhile = changes };
        }

        return new Readdir
        {
            Path = draft.Chance(5) ? draft.Opened() : draft.Directory(),
            AtATime = draft.Chance(2) ? UsualAtATime : draft.Dice.Next(1, 8),
        };
    }

    internal override FieldProblem? FindProblem(ClusterShape cluster) =>
        Meanwhile.FirstOrDefault(step => !ConcernsEntries(step)) is { } other
            ? new FieldProblem(nameof(Meanwhile), $"while a directory is read only its entries are changed: create, mkdir, unlink, rmdir, rename, not {other}")
            : null;

    /// <summary>Any number of the changes may be done if the client dies meanwhile.</summary>
    internal override IEnumerable<FileOperation> Parts(long block) =>
        Enumerable.Range(1, Math.Max(0, Meanwhile.Count - 1)).Select(count => this with { Meanwhile = [.. Meanwhile.Take(count)] });

    internal override Answer ApplyTo(ReferencePaths reference)
    {
        Result<IReadOnlyList<DirectoryEntry>> entries = reference.ReadDirectory(Path);
        return !entries.IsOk || !Changes
            ? Answer.Of(entries)
            : AnswerOf(entries.Value, Meanwhile.Cast<FileOperation>().Select(change => change.ApplyTo(reference)));
    }

    internal override async Task<Answer> ApplyToAsync(ClientPaths system)
    {
        if (!Changes)
        {
            return Answer.Of(await system.ReadDirectoryAsync(Path, AtATime));
        }

        Result<OpenFile> opened = await system.ByPath.OpenAsync(Path, OpenFlags.Read | OpenFlags.Directory);
        if (!opened.IsOk)
        {
            return new Answer(opened.Error);
        }

        List<DirectoryEntry> entries = [];
        List<Answer> answers = [];
        Queue<FileOperation> changes = new(Meanwhile.Cast<FileOperation>());
        for (bool isAtEnd = false; !isAtEnd || changes.Count > 0;)
        {
            if (!isAtEnd)
            {
                Result<IReadOnlyList<DirectoryEntry>> part = await opened.Value.ReadDirectoryAsync(
                    entries.Count == 0 ? default : entries[^1].Position, AtATime);
                if (!part.IsOk)
                {
                    await opened.Value.CloseAsync();
                    return new Answer(part.Error);
                }

                entries.AddRange(part.Value);
                isAtEnd = part.Value.Count < AtATime;
            }

            if (changes.TryDequeue(out FileOperation? change))
            {
                Answer answer = await change.ApplyToAsync(system);
                if (answer.Error is Errno.EIO or Errno.EROFS or Errno.ESHUTDOWN)
                {
                    await opened.Value.CloseAsync();
                    return answer;
                }

                answers.Add(answer);
            }
        }

        await opened.Value.CloseAsync();
        return AnswerOf(entries, answers);
    }

    private static FileOperation DrawChange(Draft draft, string directory) => draft.Dice.Next(6) switch
    {
        < 3 => new Unlink { Path = draft.EntryOf(directory) },
        3 => new Rename { Path = draft.EntryOf(directory), To = draft.EntryOf(directory) },
        4 => new Mkdir { Path = draft.EntryOf(directory) },
        _ => new Create { Path = draft.EntryOf(directory) },
    };

    private bool ConcernsEntries(Step step) => step is Create or Mkdir or Unlink or Rmdir or Rename
        && ((FileOperation)step).Paths.All(path => Draft.Join(Path, path[(path.LastIndexOf('/') + 1)..]) == path && !path.EndsWith('.') && !path.EndsWith('/'));

    /// <summary>Of the entries those that nothing concerned, however often they are there, and what the changes were answered.</summary>
    private Answer AnswerOf(IReadOnlyList<DirectoryEntry> entries, IEnumerable<Answer> answers)
    {
        HashSet<string> concerned = [.. Meanwhile.Cast<FileOperation>().SelectMany(static change => change.Paths)];
        List<DirectoryEntry> others = [.. entries.Where(entry => !concerned.Contains(Draft.Join(Path, entry.Name.ToString())))];
        string outcome = string.Join(' ', answers.Select(answer => answer.Error));
        return new Answer(Errno.OK, $"{Answer.Of(others).Text}; meanwhile {outcome}");
    }
}
