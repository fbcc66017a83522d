using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Gives a directory many entries, one after another, all of them names of one file.</summary>
/// <remarks>
/// Until they are committed, a crash may leave any number of them, and to judge which takes a time that grows with the square of it: a
/// second for a thousand.
/// </remarks>
public sealed record Populate : FileOperation
{
    /// <summary>The directory.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The file.</summary>
    [AbsolutePath]
    public required string To { get; init; }

    /// <summary>How many.</summary>
    [Between(1, 60_000)]
    public required int Entries { get; init; }

    /// <summary>The number of the first of them, from which they are called.</summary>
    [Between(0, 1_000_000)]
    public int First { get; init; }

    internal override Answer ApplyTo(ReferencePaths reference)
    {
        Errno error = Errno.OK;
        for (int entry = 0; entry < Entries && error == Errno.OK; entry++)
        {
            error = reference.Link(To, NameOf(entry));
        }

        return new Answer(error);
    }

    internal override async Task<Answer> ApplyToAsync(ClientPaths system)
    {
        Errno error = Errno.OK;
        for (int entry = 0; entry < Entries && error == Errno.OK; entry++)
        {
            error = (await system.ByPath.LinkAsync(To, NameOf(entry))).Error;
        }

        return new Answer(error);
    }

    /// <summary>Any number of them may be there if the client dies meanwhile.</summary>
    internal override IEnumerable<FileOperation> Parts(long block) =>
        Enumerable.Range(1, Entries - 1).Select(entries => this with { Entries = entries });

    private string NameOf(int entry) => Draft.Join(Path, entry % 8 == 0 ? $"{First + entry}-which-has-a-longer-name" : $"{First + entry}");
}
