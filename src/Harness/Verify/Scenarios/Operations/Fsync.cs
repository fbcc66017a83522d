using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>What the file was told before survives a crash once this answers.</summary>
public sealed record Fsync : FileOperation
{
    /// <summary>Anything that is there, or an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal override bool Commits => true;

    internal static Fsync Draw(Draft draft) => new() { Path = draft.Chance(4) ? draft.Directory() : draft.FileOrOpened() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Sync(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.SyncAsync(Path));
}
