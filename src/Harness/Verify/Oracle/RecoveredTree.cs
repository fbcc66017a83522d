using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/// <summary>
/// All that a client finds in a file system: every name, attribute, time, byte and target, and which names lead to one inode, as questions and answers.
/// </summary>
internal sealed class RecoveredTree
{
    private const int EntriesAtATime = 1000;

    private readonly List<(FileOperation Question, Answer Answer)> _observations = [];

    /// <summary>Whether everything was asked, and answered without an error.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The first question that was answered with an error, in words; null if none was.</summary>
    public string? FirstError => _observations.Where(observed => observed.Answer.Error != Errno.OK)
        .Select(observed => $"{observed.Question} answers {observed.Answer}").FirstOrDefault();

    public bool IsEmpty => _observations.Count == 0;

    /// <summary>
    /// Asks for everything, from the root down; what is in an inode, by the first name of it that is met. What was answered so far is kept if the client dies meanwhile.
    /// </summary>
    public async Task ReadAsync(ClientPaths system)
    {
        bool isWhole = true;
        Stack<string> pending = new(["/"]);
        Dictionary<InodeNumber, (string Path, InodeAttributes Found)> linked = [];
        while (pending.TryPop(out string? path))
        {
            Result<InodeAttributes> found = await system.ByPath.GetLinkAttributesAsync(path);
            isWhole &= found.IsOk;
            Note(new Lstat { Path = path }, Answer.Of(found));
            if (found is { IsOk: true, Value: { Type: not FileType.Directory, LinkCount: > 1 } attributes }
                && !linked.TryAdd(attributes.Inode, (path, attributes)))
            {
                Note(new Samefile { Path = path, Other = linked[attributes.Inode].Path }, Samefile.Of(found, linked[attributes.Inode].Found));
                continue;
            }

            if (found is { IsOk: true, Value.Type: not FileType.SymbolicLink })
            {
                isWhole &= await ReadAttributesAsync(system, path);
            }

            if (found.IsOk && found.Value.Type == FileType.Directory)
            {
                Result<IReadOnlyList<DirectoryEntry>> entries = await system.ReadDirectoryAsync(path, EntriesAtATime);
                isWhole &= entries.IsOk;
                Note(new Readdir { Path = path }, Answer.Of(entries));
                foreach (string name in entries.IsOk ? NamesBelow(entries.Value) : [])
                {
                    pending.Push(path == "/" ? $"/{name}" : $"{path}/{name}");
                }
            }
            else if (found.IsOk && found.Value.Type == FileType.SymbolicLink)
            {
                Result<byte[]> target = await system.ByPath.ReadSymbolicLinkAsync(path);
                isWhole &= target.IsOk;
                Note(new Readlink { Path = path }, Answer.OfTarget(target));
            }
            else if (found is { IsOk: true, Value.Type: FileType.Regular })
            {
                isWhole &= await ReadContentAsync(system, path, found.Value.Size);
            }
        }

        Result<FileSystemStatistics> statistics = await system.ByPath.GetStatisticsAsync("/");
        isWhole &= statistics.IsOk;
        Note(new Statfs { Path = "/" }, Answer.Of(statistics, FreeSpace.Of));
        IsWhole = isWhole;
    }

    /// <summary>Reads all of a file, but of one that is large what in it is no hole.</summary>
    /// <returns>Whether all could be read.</returns>
    private async Task<bool> ReadContentAsync(ClientPaths system, string path, long size)
    {
        if (size < Read.Most)
        {
            return await ReadContentAsync(system, path, new Extent(0, size + 1), size);
        }

        Result<IReadOnlyList<Extent>> extents = await Extents.ReadAsync(system, path);
        Note(new Extents { Path = path }, Extents.Of(extents));
        bool isWhole = extents.IsOk;
        foreach (Extent extent in extents.IsOk ? extents.Value : [])
        {
            for (long at = extent.Start; at < extent.End; at += Read.Most)
            {
                isWhole &= await ReadContentAsync(system, path, new Extent(at, Math.Min(at + Read.Most, extent.End)), size);
            }
        }

        return isWhole;
    }

    private async Task<bool> ReadContentAsync(ClientPaths system, string path, Extent part, long size)
    {
        var read = new Read { Path = path, At = new ByteSize(part.Start), Length = new ByteSize(part.End - part.Start) };
        Answer answer = await read.ApplyToAsync(system);
        Note(read, answer);
        return answer.Error == Errno.OK && answer.Bytes.Length == Math.Min(part.End, size) - part.Start;
    }

    /// <returns>Whether all could be read.</returns>
    private async Task<bool> ReadAttributesAsync(ClientPaths system, string path)
    {
        Result<IReadOnlyList<string>> names = await system.ListExtendedAttributesAsync(path);
        Note(new Listxattr { Path = path }, Answer.OfNames(names));
        bool isWhole = names.IsOk;
        foreach (string name in names.IsOk ? names.Value : [])
        {
            Answer value = Answer.Of(await system.GetExtendedAttributeAsync(path, name));
            isWhole &= value.Error == Errno.OK;
            Note(new Getxattr { Path = path, Name = name }, value);
        }

        return isWhole;
    }

    /// <summary>The first thing that a state says otherwise, and its place among all; null if it is this tree.</summary>
    /// <param name="state">What the file system might hold.</param>
    /// <param name="agree">Whether an answer (the second) is one that may be given where another is right.</param>
    public Difference? FirstDifference(FileSystemState state, Func<Answer, Answer, bool> agree)
    {
        for (int i = 0; i < _observations.Count; i++)
        {
            (FileOperation question, Answer actual) = _observations[i];
            Answer expected = question.ApplyTo(state.Paths);
            if (!agree(expected, actual))
            {
                return new Difference(state, i, question, expected, actual);
            }
        }

        return null;
    }

    private void Note(FileOperation question, Answer answer) => _observations.Add((question, answer));

    private static IEnumerable<string> NamesBelow(IReadOnlyList<DirectoryEntry> entries) => entries
        .Where(entry => !entry.Name.IsDot && !entry.Name.IsDotDot)
        .OrderByDescending(entry => entry.Name)
        .Select(entry => entry.Name.ToString());
}

/// <summary>Where a tree is not what a state says.</summary>
/// <param name="State">The state.</param>
/// <param name="Place">How many questions were answered alike before.</param>
/// <param name="Question">The first that was not.</param>
/// <param name="Expected">What the state says.</param>
/// <param name="Actual">What the system said.</param>
internal sealed record Difference(FileSystemState State, int Place, FileOperation Question, Answer Expected, Answer Actual)
{
    public override string ToString() =>
        $"{Question} answers {Actual.DescribeAgainst(Expected)}, not {Expected.DescribeAgainst(Actual)}";
}
