using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Gives an open file the blocks of a range, which reads as zeros where there was nothing, and grows it to its end.</summary>
public sealed record Fallocate : FileOperation
{
    /// <summary>The name of the open file.</summary>
    [Subject]
    public required string Name { get; init; }

    public ByteSize At { get; init; }

    [Between(0, 1 << 24)]
    public required ByteSize Length { get; init; }

    internal override bool NeedsOpenFile => true;

    internal static Fallocate Draw(Draft draft)
    {
        string name = draft.Opened();
        return new Fallocate { Name = name, At = draft.Offset(name), Length = draft.Length() };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Allocate(Name, At.Bytes, Length.Bytes));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.AllocateAsync(Name, At.Bytes, Length.Bytes));
}
