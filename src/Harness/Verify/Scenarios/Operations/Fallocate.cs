using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Gives an open file the blocks of a range, which reads as zeros where there was nothing, and grows it to its end.</summary>
public sealed record Fallocate : RangeOperation
{
    /// <summary>Where the file gets no more blocks, as a crash in the middle may leave it: it has grown by then. Null: to the end.</summary>
    internal long? FilledTo { get; private init; }

    internal static Fallocate Draw(Draft draft)
    {
        (string name, ByteSize at, ByteSize length) = DrawRange(draft);
        return new Fallocate { Name = name, At = at, Length = length };
    }

    internal override IEnumerable<FileOperation> Parts(long block)
    {
        for (long edge = ((At.Bytes / block) + 1) * block; edge < At.Bytes + Length.Bytes; edge += block)
        {
            yield return this with { FilledTo = edge };
        }
    }

    internal override Answer ApplyTo(ReferencePaths reference) =>
        new(reference.Allocate(Name, At.Bytes, Length.Bytes, FilledTo ?? long.MaxValue));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.AllocateAsync(Name, At.Bytes, Length.Bytes));
}
