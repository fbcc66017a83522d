using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>The path that a symbolic link stands for.</summary>
public sealed record Readlink : FileOperation
{
    /// <summary>Which symbolic link.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal static Readlink Draw(Draft draft) => new() { Path = draft.Link() };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.OfTarget(reference.Readlink(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.OfTarget(await system.ByPath.ReadSymbolicLinkAsync(Path));
}
