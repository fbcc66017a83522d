using Raid5Verify.Generation;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>What is done to a range of an open file.</summary>
public abstract record RangeOperation : FileOperation
{
    /// <summary>The name of the open file.</summary>
    [Subject]
    public required string Name { get; init; }

    /// <summary>Where the range begins.</summary>
    public ByteSize At { get; init; }

    /// <summary>How long it is.</summary>
    [Between(0, 1 << 24)]
    public required ByteSize Length { get; init; }

    internal override bool NeedsOpenFile => true;

    private protected static (string Name, ByteSize At, ByteSize Length) DrawRange(Draft draft)
    {
        string name = draft.Opened();
        return (name, draft.Offset(name), draft.Length());
    }
}
