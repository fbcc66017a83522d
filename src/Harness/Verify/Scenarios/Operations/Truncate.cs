using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Sets the size of a file; growth reads as zeros.</summary>
public sealed record Truncate : FileOperation
{
    /// <summary>Which file; an open one by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Its new size. What is behind it is gone, what is new is zeros.</summary>
    public required ByteSize Size { get; init; }

    internal static Truncate Draw(Draft draft)
    {
        string path = draft.FileOrOpened();
        return new Truncate { Path = path, Size = draft.Chance(2) ? draft.Length() : draft.Offset(path) };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Truncate(Path, Size.Bytes));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.TruncateAsync(Path, Size.Bytes));
}
