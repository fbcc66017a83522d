using Raid5Fs.FileSystem;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a new, empty directory.</summary>
public sealed record Mkdir : FileOperation
{
    [Subject]
    public required string Path { get; init; }

    internal static Mkdir Draw(Draft draft) => new() { Path = draft.Free() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.MakeDirectory(Path));

    internal override async Task<Answer> ApplyToAsync(PathOperations system) =>
        new((await system.MakeDirectoryAsync(Path)).Error);
}
