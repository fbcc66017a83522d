namespace Raid5Verify.Faults;

/// <summary>What a fault makes bad, as long as it is not mended.</summary>
/// <remarks>RAID5 survives one bad unit a row: that is the whole budget.</remarks>
internal abstract record FaultCost
{
    private FaultCost()
    {
    }

    /// <summary>Nothing: the client's retries ride it out.</summary>
    public static FaultCost None { get; } = new Nothing();

    /// <summary>
    /// Nothing, if the way to the server was quiet long enough before, so that no call meets two such faults in a row;
    /// else the whole member.
    /// </summary>
    public sealed record Disturbance(int Server) : FaultCost;

    /// <summary>The same for several servers at once.</summary>
    public sealed record Disturbances(IReadOnlyList<int> Servers) : FaultCost;

    /// <summary>The member's unit in every row: it is away, or behind, or blank.</summary>
    /// <param name="Server">Which.</param>
    /// <param name="IsRestless">It may go at any time as long as the fault lasts, perhaps more than once.</param>
    public sealed record Member(int Server, bool IsRestless = false) : FaultCost;

    /// <summary>Several members, each in every row: more than the budget.</summary>
    public sealed record Members(IReadOnlyList<int> Servers) : FaultCost;

    /// <summary>
    /// The member's unit in rows that cannot be told before, and the array counts on it there: what it writes or reads next,
    /// or all that it forgets at its next start.
    /// </summary>
    /// <param name="Server">Which.</param>
    /// <param name="Forgets">It may forget what it acknowledged, and start as if that had never been.</param>
    public sealed record Hidden(int Server, bool Forgets = false) : FaultCost;

    /// <summary>One member's unit in some rows.</summary>
    public sealed record Units(int Server, int FirstRow, int LastRow) : FaultCost;

    /// <summary>
    /// One member's units of what the client was just committing: recovery may keep that without the member that had not
    /// got it, and nobody knows before which one that is.
    /// </summary>
    public sealed record Straggler : FaultCost;

    private sealed record Nothing : FaultCost;
}
