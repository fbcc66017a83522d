using System.Net;
using Microsoft.Extensions.Logging;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Server.Settings;

/// <summary>Every setting that there is: name, unit, range, default.</summary>
internal static class KnownSettings
{
    public const int DefaultBlockSize = 4096;
    public const int DefaultChunkBlocks = 16;
    public const int DefaultMaxCalls = 256;
    public const int DefaultMaxConnections = 64;

    public static readonly TimeSpan DefaultStopWithin = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(10);

    private const string AFileIsWanted = "the name of a file is wanted";
    private const string AnEndpointIsWanted = "an address and a port such as 127.0.0.1:7000 or [::1]:7000 are wanted";
    private const string ASpanIsWanted = "a number with its unit, such as 250ms, 10s or 2m, up to a day, is wanted";

    public static readonly Setting<string> Config = new(
        "config", "FILE", "A JSON file of settings: one object, a property each, named as here without the hyphens in front",
        SettingText.TryText, AFileIsWanted);

    public static readonly Setting<string> Data = new(
        "data", "DIR", "The folder of this member. It must exist, and nothing else may be in it",
        SettingText.TryText, "the name of a folder is wanted");

    public static readonly Setting<ArrayId> Array = new(
        "array", "ID", "The array that this server is a member of: 32 hexadecimal digits. Default with format: a new one",
        SettingText.TryArray, "32 hexadecimal digits are wanted");

    public static readonly Setting<int> Member = new(
        "member", "I", "This server's place in the array, 0 to servers - 1",
        SettingText.TrySmall, "a whole number from 0 is wanted");

    public static readonly Setting<int> Servers = new(
        "servers", "N", $"Members in the array, {MemberGeometry.MinMembers} to {MemberGeometry.MaxMembers}, of which one may be lost",
        SettingText.TrySmall, "a whole number is wanted", "-ns");

    public static readonly Setting<long> Rows = new(
        "rows", "R", $"Blocks on this server, and on each of the others: a multiple of chunk, up to {MemberGeometry.MaxRows}",
        SettingText.TryCount, "a whole number is wanted", "--blocks", "-nb");

    public static readonly Setting<int> BlockSize = new(
        "block-size", "BYTES",
        $"Bytes a block: a power of two of {MemberGeometry.MinBlockSize} to {MemberGeometry.MaxBlockSize}. Default {DefaultBlockSize}",
        SettingText.TrySmall, "a number of bytes is wanted", "-bs");

    public static readonly Setting<int> Chunk = new(
        "chunk", "BLOCKS", $"Consecutive blocks on one member, 1 to {MemberGeometry.MaxChunkBlocks}. Default {DefaultChunkBlocks}",
        SettingText.TrySmall, "a number of blocks is wanted");

    public static readonly Setting<IPEndPoint> Listen = new(
        "listen", "ADDRESS:PORT", "Where to serve; an address of version 6 in brackets, port 0 for any that is free. A port alone is one of loopback",
        SettingText.TryEndpoint, AnEndpointIsWanted, "-port");

    public static readonly Setting<bool> Format = Switch(
        "format",
        "Make a blank member of an empty folder first; it needs array, member, servers and rows. A folder that holds that member already "
        + "is served as it is. Take a folder below the mount point, not the mount point: while the disk is not mounted that one is empty, too");

    public static readonly Setting<string> TlsCertificate = new(
        "tls-certificate", "FILE", "The server's certificate, and those between it and its root, in PEM. With it, calls are taken over TLS only",
        SettingText.TryText, AFileIsWanted);

    public static readonly Setting<string> TlsKey = new(
        "tls-key", "FILE", "The certificate's private key, in PEM, not encrypted",
        SettingText.TryText, AFileIsWanted);

    public static readonly Setting<string> TlsClientCa = new(
        "tls-client-ca", "FILE", "Roots in PEM: clients must show a certificate that leads to one of them. Default: any client may call",
        SettingText.TryText, AFileIsWanted);

    public static readonly Setting<bool> InsecureBeyondLoopback = Switch(
        "insecure-beyond-loopback",
        "Listen at other addresses than those of loopback without TLS: whoever reaches them may read, change and take the array. "
        + "Metrics have no TLS, so they need this too");

    public static readonly Setting<IPEndPoint> MetricsListen = new(
        "metrics-listen", "ADDRESS:PORT", "Where to tell Prometheus how it goes, at /metrics. Default: nowhere",
        SettingText.TryEndpoint, AnEndpointIsWanted);

    public static readonly Setting<LogFormat> LogFormat = new(
        "log-format", "FORMAT", "How to log, to the standard error: text or json, a line an event. Default text",
        SettingText.TryName, "text or json is wanted");

    public static readonly Setting<LogLevel> LogLevel = new(
        "log-level", "LEVEL", "The least that is logged: trace, debug, information, warning, error, critical or none. Default information",
        SettingText.TryName, "trace, debug, information, warning, error, critical or none is wanted");

    public static readonly Setting<int> MaxCalls = new(
        "max-calls", "N", $"Calls at the same time, from 1; one more is answered RESOURCE_EXHAUSTED. Default {DefaultMaxCalls}",
        SettingText.TryPositive, "a whole number from 1 is wanted");

    public static readonly Setting<int> MaxConnections = new(
        "max-connections", "N", $"Connections at the same time, from 1; one more is closed. Default {DefaultMaxConnections}",
        SettingText.TryPositive, "a whole number from 1 is wanted");

    public static readonly Setting<TimeSpan> StopWithin = new(
        "stop-within", "SPAN", "How long the calls under way may take to end when the server is told to stop, such as 500ms, 30s, 2m. Default 30s",
        SettingText.TrySpan, ASpanIsWanted);

    public static readonly Setting<long> CorruptBlock = new(
        "corrupt-block", "ROW",
        "To try out what happens: the disk shows other bytes than were written wherever the block of this row lies, 0 to rows - 1, also after "
        + "it was written anew",
        SettingText.TryCount, "a whole number from 0 is wanted", "-cblk", "--cblk");

    public static readonly Setting<int> DelayAt = new(
        "delay-at", "K", "To try out what happens: each K-th call, from 1, waits before it is looked at. Others do not wait for it",
        SettingText.TryPositive, "a whole number from 1 is wanted", "-delayat", "--delayat");

    public static readonly Setting<TimeSpan> Delay = new(
        "delay", "SPAN", "How long it waits with delay-at, such as 250ms, 10s, 2m. Default 10s",
        SettingText.TrySpan, ASpanIsWanted);

    public static IReadOnlyList<Setting> Geometry { get; } = [Array, Member, Servers, Rows, BlockSize, Chunk];

    public static IReadOnlyList<Setting> All { get; } =
    [
        Config, Data, Listen, Format, .. Geometry, TlsCertificate, TlsKey, TlsClientCa, InsecureBeyondLoopback, MetricsListen, LogFormat,
        LogLevel, MaxCalls, MaxConnections, StopWithin, CorruptBlock, DelayAt, Delay,
    ];

    private static Setting<bool> Switch(string name, string description) =>
        new(name, helpName: null, description, SettingText.TrySwitch, "true or false is wanted");
}
