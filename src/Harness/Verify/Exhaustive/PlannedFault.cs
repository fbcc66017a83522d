using System.Globalization;

namespace Raid5Verify.Exhaustive;

/// <summary>
/// What goes wrong in a block story beside a crash: a disk of one member, which leaves at most one bad unit in a row; or the network,
/// with a message to it that comes again.
/// </summary>
public enum PlannedFaultKind
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

    /// <summary>The log's first sector cannot be read any more, from when the member is down.</summary>
    UnreadableLog,

    /// <summary>The checkpoint's first sector cannot be read any more, from when the member is down.</summary>
    UnreadableCheckpoint,

    /// <summary>The superblock's first copy cannot be read any more, from when the member is down.</summary>
    UnreadableSuperblock,

    /// <summary>The next write fails, and changes nothing: of a block, of the log, or of the superblock.</summary>
    FailedWrite,

    /// <summary>The next flush fails, and makes nothing durable: of a file or of the folder.</summary>
    FailedFlush,

    /// <summary>No file can grow, until the member is started anew.</summary>
    FullDisk,

    /// <summary>The first Prepare of the operation comes once more, when the member has just answered the next one.</summary>
    LatePrepare,

    /// <summary>The first Write of the operation comes once more, when the member has just answered the next Prepare.</summary>
    LateWrite,
}

/// <summary>A fault of one member's disk, or of the network before it, and when it is laid.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Member">Where; 0 if it is none.</param>
/// <param name="Before">The operation before which it is laid, from 1; 0 for at the crash.</param>
public readonly record struct PlannedFault(PlannedFaultKind Kind, int Member, int Before)
{
    private static readonly (PlannedFaultKind Kind, string Word)[] Words =
    [
        (PlannedFaultKind.None, "none"),
        (PlannedFaultKind.FlippedBit, "flip"),
        (PlannedFaultKind.UnreadableBlock, "unreadable"),
        (PlannedFaultKind.LostWrite, "lost"),
        (PlannedFaultKind.MisdirectedWrite, "misdirected"),
        (PlannedFaultKind.BlockFlushLie, "block-lie"),
        (PlannedFaultKind.LogFlushLie, "log-lie"),
        (PlannedFaultKind.TornSectors, "torn"),
        (PlannedFaultKind.DamagedLog, "log"),
        (PlannedFaultKind.DamagedCheckpoint, "checkpoint"),
        (PlannedFaultKind.DamagedSuperblock, "superblock"),
        (PlannedFaultKind.UnreadableLog, "unreadable-log"),
        (PlannedFaultKind.UnreadableCheckpoint, "unreadable-checkpoint"),
        (PlannedFaultKind.UnreadableSuperblock, "unreadable-superblock"),
        (PlannedFaultKind.FailedWrite, "failed-write"),
        (PlannedFaultKind.FailedFlush, "failed-flush"),
        (PlannedFaultKind.FullDisk, "full"),
        (PlannedFaultKind.LatePrepare, "late-prepare"),
        (PlannedFaultKind.LateWrite, "late-write"),
    ];

    /// <summary>The kinds' words, in the order of the kinds.</summary>
    public static IReadOnlyList<string> KindWords { get; } = [.. Words.Select(static pair => pair.Word)];

    public bool IsNone => Kind == PlannedFaultKind.None;

    public string Word => Words[(int)Kind].Word;

    /// <summary>A message that comes late.</summary>
    public bool IsLateMessage => Kind is PlannedFaultKind.LatePrepare or PlannedFaultKind.LateWrite;

    /// <summary>A disk fails: a second bad unit in a row would be one too many.</summary>
    public bool IsOfDisk => !IsNone && !IsLateMessage;

    /// <summary>It waits for an act of the disk to strike at: laid is not yet done.</summary>
    public bool Strikes => StrikesWrites || IsError || Kind is PlannedFaultKind.BlockFlushLie or PlannedFaultKind.LogFlushLie;

    /// <summary>It waits for a write, which succeeds.</summary>
    public bool StrikesWrites => Kind is PlannedFaultKind.LostWrite or PlannedFaultKind.MisdirectedWrite;

    /// <summary>It waits for a call to the disk, which fails.</summary>
    public bool IsError => Kind is PlannedFaultKind.FailedWrite or PlannedFaultKind.FailedFlush or PlannedFaultKind.FullDisk;

    /// <summary>It waits for something of which the run says when it came.</summary>
    public bool IsMet => IsLateMessage || IsError;

    /// <summary>Nobody can tell it from no fault before the crash.</summary>
    public bool IsSilent => Before == 0 || Kind is PlannedFaultKind.BlockFlushLie or PlannedFaultKind.LogFlushLie;

    /// <summary>A file of the member loses its first sector when the member is down.</summary>
    public bool IsUnreadableFile => Kind is PlannedFaultKind.UnreadableLog or PlannedFaultKind.UnreadableCheckpoint
        or PlannedFaultKind.UnreadableSuperblock;

    /// <summary>To the system it is nearly what another kind is.</summary>
    public bool IsLikeAnother => IsUnreadableFile || Kind is PlannedFaultKind.FullDisk or PlannedFaultKind.FailedFlush
        || this is { Kind: PlannedFaultKind.UnreadableBlock, Before: 0 };

    /// <summary>It damages no more than bytes of blocks.</summary>
    public bool IsOfBlocks => Kind is PlannedFaultKind.FlippedBit or PlannedFaultKind.UnreadableBlock or PlannedFaultKind.BlockFlushLie;

    /// <summary>It shows when the member is started anew: so its member loses power with a client that crashes.</summary>
    public bool NeedsRestart => IsOfDisk && Kind is not (PlannedFaultKind.FlippedBit or PlannedFaultKind.UnreadableBlock);

    /// <summary>A member may refuse to be served because of it, and is then replaced by a blank one.</summary>
    public bool MayCostTheMember => Kind is PlannedFaultKind.LostWrite or PlannedFaultKind.MisdirectedWrite
        or PlannedFaultKind.BlockFlushLie or PlannedFaultKind.LogFlushLie
        or PlannedFaultKind.DamagedLog or PlannedFaultKind.DamagedCheckpoint
        or PlannedFaultKind.UnreadableLog or PlannedFaultKind.UnreadableCheckpoint;

    /// <summary>Every fault that a story of so many operations on so many members can have, none first.</summary>
    public static IEnumerable<PlannedFault> All(int members, int operations)
    {
        yield return default;
        foreach (PlannedFaultKind kind in Enum.GetValues<PlannedFaultKind>())
        {
            for (int member = 0; member < members; member++)
            {
                // An unreadable block is to the system what a flipped bit is, but for how a disk says it: it is laid first.
                int last = kind == PlannedFaultKind.UnreadableBlock ? 1 : operations;
                if (kind is PlannedFaultKind.FlippedBit or PlannedFaultKind.UnreadableBlock
                    || new PlannedFault(kind, member, 1) is { Strikes: true } or { IsLateMessage: true })
                {
                    for (int before = 1; before <= last; before++)
                    {
                        yield return new PlannedFault(kind, member, before);
                    }
                }

                var atCrash = new PlannedFault(kind, member, 0);
                if (atCrash.IsOfDisk && !atCrash.Strikes)
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
            && (fault = new PlannedFault((PlannedFaultKind)kind, member.Value, before)) is { Before: <= BlockStory.MaxLength };
        return isPlaced && All(32, BlockStory.MaxLength).Contains(fault);
    }

    /// <summary>Such as <c>none</c>, <c>flip@2:server-1</c>, <c>torn@crash:server-0</c>.</summary>
    public override string ToString() =>
        IsNone ? Word : $"{Word}@{(Before == 0 ? "crash" : Before)}:{HostName.Of(Member)}";

    /// <summary>In words, for a report.</summary>
    internal string Describe() => IsNone
        ? "nothing else fails"
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
