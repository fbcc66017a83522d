using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Removes a file.</summary>
public sealed record Unlink : FileOperation
{
    /// <summary>The name that is taken away.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal static Unlink Draw(Draft draft) => new() { Path = draft.File() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Unlink(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.ByPath.UnlinkAsync(Path));
}
