using Raid5Fs.FileSystem;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a new, empty file: open(O_CREAT | O_EXCL).</summary>
public sealed record Create : FileOperation
{
    [Subject]
    public required string Path { get; init; }

    internal static Create Draw(Draft draft) => new() { Path = draft.Free() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Create(Path));

    internal override async Task<Answer> ApplyToAsync(PathOperations system) =>
        new((await system.CreateAsync(Path)).Error);
}
