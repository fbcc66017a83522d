using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Removes an extended attribute.</summary>
public sealed record Removexattr : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Which attribute, with its namespace.</summary>
    public required string Name { get; init; }

    internal static Removexattr Draw(Draft draft)
    {
        (string path, string name) = draft.Attribute();
        return new Removexattr { Path = path, Name = name };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.RemoveExtendedAttribute(Path, Name));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.RemoveExtendedAttributeAsync(Path, Name));
}
