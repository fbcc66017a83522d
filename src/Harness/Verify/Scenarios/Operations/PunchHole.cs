using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes zeros of a range of an open file, and takes the blocks that are wholly in it away.</summary>
public sealed record PunchHole : RangeOperation
{
    internal static PunchHole Draw(Draft draft)
    {
        (string name, ByteSize at, ByteSize length) = DrawRange(draft);
        return new PunchHole { Name = name, At = at, Length = length };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.PunchHole(Name, At.Bytes, Length.Bytes));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.PunchHoleAsync(Name, At.Bytes, Length.Bytes));
}
