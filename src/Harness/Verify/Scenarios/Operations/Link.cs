using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Gives a file another name: a hard link.</summary>
public sealed record Link : FileOperation
{
    /// <summary>The file.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The new name.</summary>
    [AbsolutePath]
    public required string To { get; init; }

    internal static Link Draw(Draft draft) => new()
    {
        Path = draft.Chance(8) ? draft.Directory() : draft.Chance(4) ? draft.Link() : draft.File(),
        To = draft.Chance(8) ? draft.File() : draft.Free(),
    };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Link(Path, To));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.ByPath.LinkAsync(Path, To)).Error);
}
