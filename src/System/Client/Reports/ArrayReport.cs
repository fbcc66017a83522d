using System.Globalization;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Connection;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Reports;

/// <summary>How an array is: what <c>status</c> shows, for a person and as JSON.</summary>
internal sealed record ArrayReport
{
    /// <summary>32 hexadecimal digits; null if the servers do not make up an array.</summary>
    public string? Array { get; init; }

    /// <summary>
    /// <c>healthy</c>; <c>degraded</c>: one server is away or blank, or misses something; <c>refilling</c>: and that is being mended;
    /// <c>down</c>: too few are there.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The last epoch of the history, as generation and number.</summary>
    public string? Epoch { get; init; }

    /// <summary>The owner's process; null where none on this machine was asked.</summary>
    public int? Owner { get; init; }

    public int? BlockSize { get; init; }

    public int? Chunk { get; init; }

    public long? Rows { get; init; }

    public required IReadOnlyList<ServerReport> Servers { get; init; }

    public ScrubProgress? Scrub { get; init; }

    public ArrayCounters? Counters { get; init; }

    /// <summary>Of an array that this process owns.</summary>
    public static ArrayReport Of(ArraySession session, ArrayStatus status)
    {
        bool isWhole = status.Members.All(static member => member.State == MemberState.InSync);
        int away = status.Members.Count(static member => member.State == MemberState.Away);
        return new ArrayReport
        {
            Array = session.Array.Id.ToString(),
            State = status.IsFenced ? "fenced" : away > 1 ? "down" : isWhole ? "healthy" : away == 0 ? "refilling" : "degraded",
            Epoch = status.Decided.ToString(),
            Owner = Environment.ProcessId,
            BlockSize = session.Array.BlockSize,
            Rows = session.Array.Rows,
            Servers =
            [
                .. status.Members.Select((member, place) => new ServerReport
                {
                    Member = place,
                    Address = session.Channels.Members[place].Server.ToString(),
                    State = member.State switch
                    {
                        MemberState.InSync => "in sync",
                        MemberState.Refilling => "refilling",
                        _ => "away",
                    },
                    IsCounted = member.IsCounted,
                    StaleRows = member.StaleRows,
                    RefillDone = member.Refill?.RowsDone,
                    RefillRows = member.Refill?.Rows,
                    RefillSecondsLeft = member.Refill?.TimeLeft?.TotalSeconds,
                    Refusal = member.Refusal,
                    Traffic = member.Traffic,
                }),
            ],
            Scrub = status.Scrub,
            Counters = status.Counters,
        };
    }

    /// <summary>Of an array that nobody on this machine owns.</summary>
    public static ArrayReport Of(IReadOnlyList<ServerAddress> addresses, ArrayInspection found)
    {
        MemberGeometry? shape = found.Shape.IsOk ? found.Shape.Value : null;
        ServerReport[] servers =
        [
            .. found.Servers.Select((server, place) => new ServerReport
            {
                Member = place,
                Address = addresses[place].ToString(),
                State =
                    server is null ? "away"
                    : shape is null || server.Geometry != shape.At(new MemberIndex(place)) ? "another"
                    : server.Record.IsBlank ? "blank"
                    : server.Record.IsCompleteUpTo(found.Decided, new MemberIndex(place)) ? "in sync"
                    : "stale",
                Refusal = server is not null && (shape is null || server.Geometry != shape.At(new MemberIndex(place)))
                    ? $"it is {server.Geometry}"
                    : null,
            }),
        ];
        int good = servers.Count(static server => server.State == "in sync");
        bool isNew = servers.All(static server => server.State == "blank");
        return new ArrayReport
        {
            Array = shape?.ArrayId.ToString(),
            State =
                shape is null ? "down"
                : good == servers.Length || isNew ? "healthy"
                : good == servers.Length - 1 ? "degraded"
                : "down",
            Epoch = found.Decided.ToString(),
            BlockSize = shape?.BlockSize,
            Chunk = shape?.ChunkBlocks,
            Rows = shape?.Rows,
            Servers = servers,
        };
    }

    /// <summary>For a person.</summary>
    public void Write(TextWriter to)
    {
        string shape = BlockSize is { } bytes && Rows is { } rows
            ? string.Create(CultureInfo.InvariantCulture, $", {UnitText.OfBytes(rows * bytes * (Servers.Count - 1))} in blocks of {bytes} bytes")
            : string.Empty;
        to.WriteLine($"array   {Array ?? "none: the servers do not make up one in this order"}");
        to.WriteLine($"state   {State}{shape}");
        to.WriteLine($"epoch   {Epoch}");
        to.WriteLine($"owner   {(Owner is { } pid ? string.Create(CultureInfo.InvariantCulture, $"process {pid}") : "none on this machine")}");
        if (Scrub is { } scrub)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"scrub   {scrub.RowsDone:N0} of {scrub.Rows:N0} rows, {scrub.Findings} findings"));
        }

        to.WriteLine();
        to.WriteLine($"{"",-2} {"SERVER",-24} {"STATE",-10} {"STALE ROWS",10} {"REQUESTS",10} {"BAD",6} {"REPAIRED",8}");
        foreach (ServerReport server in Servers)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{server.Member,2} {server.Address,-24} {server.State,-10} {server.StaleRows,10:N0} {server.Traffic?.Requests,10:N0} {server.Traffic?.BadBlocks,6:N0} {server.Traffic?.Repairs,8:N0}").TrimEnd());
            if (server.RefillRows is > 0)
            {
                string left = server.RefillSecondsLeft is { } seconds
                    ? string.Create(CultureInfo.InvariantCulture, $", {seconds:0} s left")
                    : string.Empty;
                to.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"   refill: {server.RefillDone:N0} of {server.RefillRows:N0} rows{left}"));
            }

            if (server.Refusal is { } refusal)
            {
                to.WriteLine($"   refused: {refusal}");
            }
        }
    }
}

/// <summary>One server of an <see cref="ArrayReport"/>; what is not known is null.</summary>
internal sealed record ServerReport
{
    public required int Member { get; init; }

    public required string Address { get; init; }

    /// <summary><c>in sync</c>, <c>away</c>, <c>refilling</c>, <c>stale</c>, <c>blank</c>, or <c>another</c>: not the member that it should be.</summary>
    public required string State { get; init; }

    public bool? IsCounted { get; init; }

    public long? StaleRows { get; init; }

    public long? RefillDone { get; init; }

    public long? RefillRows { get; init; }

    public double? RefillSecondsLeft { get; init; }

    public string? Refusal { get; init; }

    public MemberTraffic? Traffic { get; init; }
}
