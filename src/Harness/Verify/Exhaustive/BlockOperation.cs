namespace Raid5Verify.Exhaustive;

/// <summary>What the client of a block story does.</summary>
public enum BlockOperationKind
{
    /// <summary>Writes all data blocks of a row.</summary>
    FullStripe,

    /// <summary>Writes one block.</summary>
    SmallWrite,

    /// <summary>Reads one block.</summary>
    Read,

    Commit,

    /// <summary>Scrubs the array.</summary>
    Scrub,

    /// <summary>Server 0 goes away, misses writes and a commit, comes back and is refilled.</summary>
    Refill,

    /// <summary>Server 0 is replaced by a blank one, which is refilled.</summary>
    Rebuild,
}

/// <summary>
/// One operation of a block story. The places are those that make a difference: <c>a</c> and <c>b</c> are two blocks of
/// row 0, <c>c</c> is one of row 1.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Place">The block <c>a</c>, <c>b</c> or <c>c</c>, or the row <c>0</c> or <c>1</c>; a blank where there is none.</param>
public readonly record struct BlockOperation(BlockOperationKind Kind, char Place)
{
    private const char Nowhere = ' ';

    /// <summary>Every operation, in the order in which stories are enumerated.</summary>
    public static IReadOnlyList<BlockOperation> All { get; } =
    [
        new(BlockOperationKind.FullStripe, '0'),
        new(BlockOperationKind.FullStripe, '1'),
        new(BlockOperationKind.SmallWrite, 'a'),
        new(BlockOperationKind.SmallWrite, 'b'),
        new(BlockOperationKind.SmallWrite, 'c'),
        new(BlockOperationKind.Read, 'a'),
        new(BlockOperationKind.Read, 'b'),
        new(BlockOperationKind.Read, 'c'),
        new(BlockOperationKind.Commit, Nowhere),
        new(BlockOperationKind.Scrub, Nowhere),
        new(BlockOperationKind.Refill, Nowhere),
        new(BlockOperationKind.Rebuild, Nowhere),
    ];

    /// <summary>A member is refilled in it.</summary>
    public bool Refills => Kind is BlockOperationKind.Refill or BlockOperationKind.Rebuild;

    /// <summary>0 or 1; null where it has no place.</summary>
    public int? Row => Place switch
    {
        '0' or 'a' or 'b' => 0,
        '1' or 'c' => 1,
        _ => null,
    };

    /// <summary>Its word in a point's name: <c>F0</c>, <c>Wa</c>, <c>Rc</c>, <c>C</c>, <c>S</c>, <c>M</c>, <c>Z</c>.</summary>
    public override string ToString() => Kind switch
    {
        BlockOperationKind.FullStripe => $"F{Place}",
        BlockOperationKind.SmallWrite => $"W{Place}",
        BlockOperationKind.Read => $"R{Place}",
        BlockOperationKind.Commit => "C",
        BlockOperationKind.Scrub => "S",
        BlockOperationKind.Refill => "M",
        _ => "Z",
    };

    public static bool TryParse(string word, out BlockOperation operation)
    {
        operation = All.FirstOrDefault(known => known.ToString() == word);
        return operation != default;
    }

    /// <summary>In words, for a report.</summary>
    internal string Describe() => Kind switch
    {
        BlockOperationKind.FullStripe => $"write all of row {Place}",
        BlockOperationKind.SmallWrite => $"write block {Place}",
        BlockOperationKind.Read => $"read block {Place}",
        BlockOperationKind.Commit => "commit",
        BlockOperationKind.Scrub => "scrub",
        BlockOperationKind.Refill => "refill server 0, which missed writes",
        _ => "rebuild server 0, which is blank",
    };
}
