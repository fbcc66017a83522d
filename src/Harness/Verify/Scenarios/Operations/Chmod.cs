using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Sets permissions.</summary>
public sealed record Chmod : FileOperation
{
    /// <summary>What is changed; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The new ones.</summary>
    public required Permissions Mode { get; init; }

    internal static Chmod Draw(Draft draft) => new() { Path = draft.Chance(3) ? draft.Directory() : draft.FileOrOpened(), Mode = draft.Mode() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.SetAttributes(Path, Change));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.SetAttributesAsync(Path, Change)).Error);

    private AttributeChange Change => new() { Permissions = Mode };
}
