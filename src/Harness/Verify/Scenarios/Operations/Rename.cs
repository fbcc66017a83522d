using Raid5Fs.FileSystem;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Moves a file or a directory, replacing what it may replace.</summary>
public sealed record Rename : FileOperation
{
    [Subject]
    public required string Path { get; init; }

    public required string To { get; init; }

    internal static Rename Draw(Draft draft) => new()
    {
        Path = draft.Chance(3) ? draft.Directory() : draft.File(),
        To = draft.Chance(3) ? draft.File() : draft.Free(),
    };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Rename(Path, To));

    internal override async Task<Answer> ApplyToAsync(PathOperations system) =>
        new(await system.RenameAsync(Path, To));
}
