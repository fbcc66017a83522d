using System.Globalization;

namespace Raid5Verify.Exhaustive;

/// <summary>What the disk of one member does wrong in a block story. Each leaves at most one bad unit in a row.</summary>
public enum DiskFaultKind
{
    None,

    /// <summary>A bit of the newest content of rows 0 and 1 reads as its opposite.</summary>
    FlippedBit,

    /// <summary>The newest content of rows 0 and 1 cannot be read.</summary>
    UnreadableBlock,

    /// <summary>The next write is acknowledged and never done: of a block, or of the log.</summary>
    LostWrite,

    /// <summary>The next write goes to another place of its file.</summary>
    MisdirectedWrite,

    /// <summary>The next flush of blocks reports success and does nothing.</summary>
    BlockFlushLie,

    /// <summary>The next flush of the log reports success and does nothing.</summary>
    LogFlushLie,

    /// <summary>Sectors that were not flushed are unreadable after the crash.</summary>
    TornSectors,

    /// <summary>A bit of the log flips while the member is down.</summary>
    DamagedLog,

    /// <summary>A bit of the checkpoint flips while the member is down.</summary>
    DamagedCheckpoint,

    /// <summary>A bit of the superblock's first copy flips while the member is down.</summary>
    DamagedSuperblock,
}

/// <summary>A fault of one member's disk, and when it is laid.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Member">Where; 0 if it is none.</param>
/// <param name="Before">The operation before which it is laid, from 1; 0 for at the crash.</param>
public readonly record struct PlannedFault(DiskFaultKind Kind, int Member, int Before)
{
    private static readonly (DiskFaultKind Kind, string Word)[] Words =
    [
        (DiskFaultKind.None, "none"),
        (DiskFaultKind.FlippedBit, "flip"),
        (DiskFaultKind.UnreadableBlock, "unreadable"),
        (DiskFaultKind.LostWrite, "lost"),
        (DiskFaultKind.MisdirectedWrite, "misdirected"),
        (DiskFaultKind.BlockFlushLie, "block-lie"),
        (DiskFaultKind.LogFlushLie, "log-lie"),
        (DiskFaultKind.TornSectors, "torn"),
        (DiskFaultKind.DamagedLog, "log"),
        (DiskFaultKind.DamagedCheckpoint, "checkpoint"),
        (DiskFaultKind.DamagedSuperblock, "superblock"),
    ];

    /// <summary>The kinds' words, in the order of the kinds.</summary>
    public static IReadOnlyList<string> KindWords { get; } = [.. Words.Select(static pair => pair.Word)];

    public bool IsNone => Kind == DiskFaultKind.None;

    public string Word => Words[(int)Kind].Word;

    /// <summary>It waits for an act of the disk to strike at: laid is not yet done.</summary>
    public bool Strikes => Kind is DiskFaultKind.LostWrite or DiskFaultKind.MisdirectedWrite
        or DiskFaultKind.BlockFlushLie or DiskFaultKind.LogFlushLie;

    /// <summary>It waits for a write.</summary>
    public bool StrikesWrites => Kind is DiskFaultKind.LostWrite or DiskFaultKind.MisdirectedWrite;

    /// <summary>Nobody can tell it from no fault before the crash.</summary>
    public bool IsSilent => Before == 0 || (Strikes && !StrikesWrites);

    /// <summary>It damages no more than bytes of blocks.</summary>
    public bool IsOfBlocks => Kind is DiskFaultKind.FlippedBit or DiskFaultKind.UnreadableBlock or DiskFaultKind.BlockFlushLie;

    /// <summary>It shows when the member is started anew: so its member loses power with a client that crashes.</summary>
    public bool NeedsRestart => !IsNone && Kind is not (DiskFaultKind.FlippedBit or DiskFaultKind.UnreadableBlock);

    /// <summary>A member may refuse to be served because of it, and is then replaced by a blank one.</summary>
    public bool MayCostTheMember => Kind is DiskFaultKind.LostWrite or DiskFaultKind.MisdirectedWrite
        or DiskFaultKind.BlockFlushLie or DiskFaultKind.LogFlushLie
        or DiskFaultKind.DamagedLog or DiskFaultKind.DamagedCheckpoint;

    /// <summary>Every fault that a story of so many operations on so many members can have, none first.</summary>
    public static IEnumerable<PlannedFault> All(int members, int operations)
    {
        yield return default;
        foreach (DiskFaultKind kind in Enum.GetValues<DiskFaultKind>())
        {
            for (int member = 0; member < members; member++)
            {
                // An unreadable block is to the system what a flipped bit is, but for how a disk says it: it is laid first.
                int last = kind == DiskFaultKind.UnreadableBlock ? 1 : operations;
                if (kind is DiskFaultKind.FlippedBit or DiskFaultKind.UnreadableBlock
                    || new PlannedFault(kind, member, 1).Strikes)
                {
                    for (int before = 1; before <= last; before++)
                    {
                        yield return new PlannedFault(kind, member, before);
                    }
                }

                var atCrash = new PlannedFault(kind, member, 0);
                if (!atCrash.IsNone && !atCrash.Strikes)
                {
                    yield return atCrash;
                }
            }
        }
    }

    public static bool TryParse(string text, out PlannedFault fault)
    {
        fault = default;
        string[] parts = text.Split('@', ':');
        int kind = Array.FindIndex(Words, pair => pair.Word == parts[0]);
        if (kind <= 0)
        {
            return kind == 0 && parts.Length == 1;
        }

        int before = 0;
        bool isPlaced = parts.Length == 3
            && (parts[1] == "crash" || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out before))
            && HostName.TryParse(parts[2], out int? member)
            && member is not null
            && (fault = new PlannedFault((DiskFaultKind)kind, member.Value, before)) is { Before: <= BlockStory.MaxLength };
        return isPlaced && All(32, BlockStory.MaxLength).Contains(fault);
    }

    /// <summary>Such as <c>none</c>, <c>flip@2:server-1</c>, <c>torn@crash:server-0</c>.</summary>
    public override string ToString() =>
        IsNone ? Word : $"{Word}@{(Before == 0 ? "crash" : Before)}:{HostName.Of(Member)}";

    /// <summary>In words, for a report.</summary>
    internal string Describe() => IsNone
        ? "no disk fault"
        : $"{Word} on {HostName.Of(Member)}, laid {(Before == 0 ? "at the crash" : $"before operation {Before}")}";
}

/// <summary>How a point's name calls the hosts.</summary>
internal static class HostName
{
    public const string Client = "client";

    private const string Server = "server-";

    /// <param name="member">Null for the client.</param>
    public static string Of(int? member) => member is { } server ? $"{Server}{server}" : Client;

    public static bool TryParse(string name, out int? member)
    {
        member = null;
        if (name == Client)
        {
            return true;
        }

        bool isServer = name.StartsWith(Server, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Server.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && (member = number) < 32;
        return isServer;
    }
}
