using System.Text;
using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Sets an extended attribute.</summary>
public sealed record Setxattr : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>With its namespace, such as <c>user.colour</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is to be.</summary>
    public required string Value { get; init; }

    /// <summary>Whether it may, must or must not be there.</summary>
    public AttributeMode Mode { get; init; }

    internal static Setxattr Draw(Draft draft) => new()
    {
        Path = draft.Chance(3) ? draft.Directory() : draft.FileOrOpened(),
        Name = draft.AttributeName(),
        Value = draft.AttributeValue(),
        Mode = draft.Chance(2) ? AttributeMode.Set : draft.Pick(Enum.GetValues<AttributeMode>()),
    };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.SetExtendedAttribute(Path, Name, Bytes, Mode));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.SetExtendedAttributeAsync(Path, Name, Bytes, Mode));

    internal byte[] Bytes => Encoding.UTF8.GetBytes(Value);
}
