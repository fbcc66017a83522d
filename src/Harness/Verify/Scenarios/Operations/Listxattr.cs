using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>The names of extended attributes.</summary>
public sealed record Listxattr : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal static Listxattr Draw(Draft draft) => new() { Path = draft.Chance(3) ? draft.Directory() : draft.FileOrOpened() };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.OfNames(reference.ListExtendedAttributes(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.OfNames(await system.ListExtendedAttributesAsync(Path));
}
