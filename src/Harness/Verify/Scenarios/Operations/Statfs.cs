using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Asks how large the file system is that a path leads to, and what of it is free.</summary>
public sealed record Statfs : FileOperation
{
    /// <summary>Anything that is there.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal static Statfs Draw(Draft draft) => new() { Path = draft.Directory() };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.GetStatistics(Path), _ => reference.Free);

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.ByPath.GetStatisticsAsync(Path), FreeSpace.Of);
}
