using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>The value of an extended attribute.</summary>
public sealed record Getxattr : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Which attribute, with its namespace.</summary>
    public required string Name { get; init; }

    internal override bool Changes => false;

    internal static Getxattr Draw(Draft draft)
    {
        (string path, string name) = draft.Attribute();
        return new Getxattr { Path = path, Name = name };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.GetExtendedAttribute(Path, Name));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.GetExtendedAttributeAsync(Path, Name));
}
