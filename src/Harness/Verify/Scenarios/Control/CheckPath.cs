using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Scenarios.Control;

/// <summary>
/// Demands that something is there, and that it is what the scenario says: what is left out may be anything. If the client dies
/// meanwhile, the next one is asked.
/// </summary>
/// <remarks>
/// All that is told of it is asked of the file system, and judged against the reference like every other answer; then what the reference
/// holds is compared with what the author wrote down, which is a judge of both.
/// </remarks>
public sealed record CheckPath : Step
{
    private const int MostAtOnce = 1 << 20;

    /// <summary>A symbolic link is itself, not what it stands for.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public FileType? Type { get; init; }

    /// <summary>Of a file.</summary>
    public ByteSize? Size { get; init; }

    /// <summary>Its permissions.</summary>
    public Permissions? Mode { get; init; }

    /// <summary>Whose it is, by number.</summary>
    public uint? User { get; init; }

    /// <summary>Which group's it is, by number.</summary>
    public uint? Group { get; init; }

    /// <summary>Names that it has.</summary>
    [Between(1, 1_000_000)]
    public int? Links { get; init; }

    /// <summary>Entries of a directory, <c>.</c> and <c>..</c> left out.</summary>
    [Between(0, 1_000_000)]
    public int? Entries { get; init; }

    /// <summary>What a symbolic link stands for.</summary>
    public string? Target { get; init; }

    /// <summary>What a file holds: the bytes that <c>write</c> gives it for the same number.</summary>
    public ulong? Fill { get; init; }

    /// <summary>Where the bytes of <see cref="Fill"/> begin.</summary>
    public ByteSize At { get; init; }

    /// <summary>How many of them there are; to the end of the file, if it is not given.</summary>
    [Between(1, 1 << 24)]
    public ByteSize? Length { get; init; }

    internal override FieldProblem? FindProblem(ClusterShape cluster) => Fill is not null ? null
        : Length is not null ? new FieldProblem(nameof(Length), "'length' says how much of the file is 'fill': give that as well")
        : At.Bytes > 0 ? new FieldProblem(nameof(At), "'at' says where in the file 'fill' begins: give that as well")
        : null;

    internal override async Task ApplyAsync(ScenarioRun run)
    {
        Demand(run, Errno.OK, (await AskAsync(run, new Lstat { Path = Path })).Error);
        InodeAttributes found = run.Oracle.Latest.Paths.Lstat(Path).Value;
        Demand(run, "type", Type, found.Type);
        Demand(run, "size", Size, new ByteSize(found.Size));
        Demand(run, "mode", Mode, found.Owner.Permissions);
        Demand(run, "user", User, found.Owner.User);
        Demand(run, "group", Group, found.Owner.Group);
        Demand(run, "links", Links, (int)found.LinkCount);
        if (Entries is not null)
        {
            Demand(run, Errno.OK, (await AskAsync(run, new Readdir { Path = Path })).Error);
            Demand(run, "entries", Entries, run.Oracle.Latest.Paths.ReadDirectory(Path).Value.Count(IsOwn));
        }

        if (Target is not null)
        {
            Answer answer = await AskAsync(run, new Readlink { Path = Path });
            Demand(run, Errno.OK, answer.Error);
            Require(run, answer.Text == Target, $"target {Target}", $"target {answer.Text}");
        }

        if (Fill is { } fill)
        {
            await CheckContentAsync(run, fill, Length?.Bytes ?? Math.Max(0, found.Size - At.Bytes));
        }
    }

    private static bool IsOwn(DirectoryEntry entry) => entry.Name.ToString() is not ("." or "..");

    private async Task CheckContentAsync(ScenarioRun run, ulong fill, long length)
    {
        for (long done = 0; done < length;)
        {
            int count = (int)Math.Min(length - done, MostAtOnce);
            var at = new ByteSize(At.Bytes + done);
            Answer answer = await AskAsync(run, new Read { Path = Path, At = at, Length = new ByteSize(count) });
            Demand(run, Errno.OK, answer.Error);
            byte[] wanted = new byte[count];
            FillPattern.Fill(fill, at.Bytes, wanted);
            int same = answer.Bytes.Span.CommonPrefixLength(wanted);
            Require(
                run,
                same == count,
                $"{count} bytes of fill {fill} from byte {at.Bytes} on",
                same < answer.Bytes.Length ? $"other bytes from byte {at.Bytes + same} on" : $"the end at byte {at.Bytes + same}");
            done += count;
        }
    }

    /// <summary>Asks until a client answers.</summary>
    private static async Task<Answer> AskAsync(ScenarioRun run, FileOperation question)
    {
        while (await run.Clients.ReadyAsync() is not null)
        {
            if (await run.AskAsync(question) is { } answer)
            {
                return answer;
            }
        }

        throw run.Violate(Promise.Expectation, "a client that can be asked", "the array cannot be opened any more");
    }

    private static void Demand(ScenarioRun run, Errno wanted, Errno actual) =>
        Require(run, wanted == actual, wanted.ToString(), actual.ToString());

    private static void Demand<T>(ScenarioRun run, string what, T? wanted, T actual)
        where T : struct =>
        Require(run, wanted is not { } value || value.Equals(actual), $"{what} {wanted}", $"{what} {actual}");

    private static void Require(ScenarioRun run, bool isSo, string wanted, string actual)
    {
        if (!isSo)
        {
            throw run.Violate(Promise.Expectation, wanted, actual);
        }
    }
}
