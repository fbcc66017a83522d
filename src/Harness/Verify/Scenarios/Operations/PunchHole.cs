using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes zeros of a range of an open file, and takes the blocks that are wholly in it away.</summary>
public sealed record PunchHole : FileOperation
{
    /// <summary>The name of the open file.</summary>
    [Subject]
    public required string Name { get; init; }

    public ByteSize At { get; init; }

    [Between(0, 1 << 24)]
    public required ByteSize Length { get; init; }

    internal override bool NeedsOpenFile => true;

    internal static PunchHole Draw(Draft draft)
    {
        string name = draft.Opened();
        return new PunchHole { Name = name, At = draft.Offset(name), Length = draft.Length() };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.PunchHole(Name, At.Bytes, Length.Bytes));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.PunchHoleAsync(Name, At.Bytes, Length.Bytes));
}
