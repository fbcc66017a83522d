using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Removes an empty directory.</summary>
public sealed record Rmdir : FileOperation
{
    /// <summary>Which directory.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal static Rmdir Draw(Draft draft) => new() { Path = draft.Directory() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.RemoveDirectory(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.ByPath.RemoveDirectoryAsync(Path));
}
