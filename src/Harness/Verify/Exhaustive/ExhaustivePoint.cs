using System.Globalization;

namespace Raid5Verify.Exhaustive;

/// <summary>When a member that crashed comes back.</summary>
public enum MemberReturn
{
    /// <summary>So soon that the client's retries ride it out.</summary>
    Soon,

    /// <summary>Once the client has noticed that it is away, or has no more to do.</summary>
    WhenMissed,

    /// <summary>Once the client has died too: as soon as the last operation is answered.</summary>
    AfterTheClient,
}

/// <summary>
/// One point of the exhaustive space: an array, a story, a fault, and the crash of one host. All that happens follows
/// from it.
/// </summary>
public sealed record ExhaustivePoint
{
    private const string Nobody = "nobody";
    private const string Full = "full";

    /// <summary>By <see cref="MemberReturn"/>.</summary>
    private static readonly string[] Returns = ["soon", "missed", "after"];

    /// <summary>N: 3 or 4.</summary>
    public required int Members { get; init; }

    /// <summary>The members' logs are full: in the story each writes a checkpoint.</summary>
    public bool IsLogFull { get; init; }

    public required BlockStory Story { get; init; }

    public required PlannedFault Fault { get; init; }

    /// <summary>The member that crashes; null for the client, or for nobody.</summary>
    public required int? Host { get; init; }

    /// <summary>
    /// At which crash point of that host, from 0, counted from the beginning of the story; null if nobody crashes in it.
    /// </summary>
    public required int? Ordinal { get; init; }

    /// <summary>Of a member.</summary>
    public MemberReturn Return { get; init; }

    /// <summary>Whether what the member had not flushed survives its crash.</summary>
    public bool KeepsUnflushed { get; init; }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out ExhaustivePoint? point)
    {
        point = null;
        string[] parts = text.Split('/');
        if (parts.Length is < 4 or > 6 || !IsShape(parts[0], out int members, out bool isLogFull)
            || !BlockStory.TryParse(parts[1], out BlockStory? story)
            || !PlannedFault.TryParse(parts[2], out PlannedFault fault))
        {
            return false;
        }

        string[] place = parts[3].Split(':');
        int? host = null;
        int number = 0;
        bool isNobody = parts[3] == Nobody;
        bool isPlace = isNobody
            || (place.Length == 2
                && HostName.TryParse(place[0], out host)
                && int.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out number));
        if (!isPlace || host >= members || fault.Member >= members || fault.Before > story!.Operations.Count
            || (isNobody && fault is { IsNone: false, Before: 0 })
            || parts.Length > 4 != host is not null
            || (parts.Length > 4 && !Returns.Contains(parts[4]))
            || (parts.Length > 5 && parts[5] != "kept"))
        {
            return false;
        }

        point = new ExhaustivePoint
        {
            Members = members,
            IsLogFull = isLogFull,
            Story = story!,
            Fault = fault,
            Host = host,
            Ordinal = isNobody ? null : number,
            Return = parts.Length > 4 ? (MemberReturn)Array.IndexOf(Returns, parts[4]) : MemberReturn.Soon,
            KeepsUnflushed = parts.Length > 5,
        };
        return true;
    }

    /// <summary>
    /// Its name, which says all of it: <c>n3/Wa.C/flip@1:server-1/client:17</c>, <c>n4full/F0.C/none/server-2:8/soon/kept</c>.
    /// </summary>
    public override string ToString()
    {
        string crash = Ordinal is { } ordinal ? $"{HostName.Of(Host)}:{ordinal}" : Nobody;
        string place = $"n{Members}{(IsLogFull ? Full : string.Empty)}/{Story}/{Fault}/{crash}";
        string back = Host is null ? string.Empty : $"/{Returns[(int)Return]}";
        return place + back + (KeepsUnflushed ? "/kept" : string.Empty);
    }

    /// <summary>In words, for a report.</summary>
    public string Describe()
    {
        string story = string.Join(", ", Story.Operations.Select(static operation => operation.Describe()));
        string crash = Ordinal is { } ordinal
            ? $"{HostName.Of(Host)} crashes at its crash point {ordinal}"
            : "nobody crashes";
        string back = Host is null ? string.Empty : Return switch
        {
            MemberReturn.Soon => " and is soon back",
            MemberReturn.WhenMissed => " and is back once it is missed",
            _ => " and is back once the client has died as well",
        };
        string kept = KeepsUnflushed ? ", with what it had not flushed" : string.Empty;
        string logs = IsLogFull ? " with full logs" : string.Empty;
        return $"{Members} servers{logs}: {story}; {Fault.Describe()}; {crash}{back}{kept}";
    }

    private static bool IsShape(string text, out int members, out bool isLogFull)
    {
        isLogFull = text.EndsWith(Full, StringComparison.Ordinal);
        string shape = isLogFull ? text[..^Full.Length] : text;
        members = shape is ['n', >= '3' and <= '4'] ? shape[1] - '0' : 0;
        return members > 0;
    }
}
