using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>All that is told of an inode: type, owner, permissions, links, size, device, times.</summary>
public sealed record Stat : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal static Stat Draw(Draft draft) => new() { Path = draft.Chance(2) ? draft.FileOrOpened() : draft.Directory() };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.Find(Path), reference.TimesOf);

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.GetAttributesAsync(Path));
}
