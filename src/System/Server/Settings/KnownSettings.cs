using System.Net;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Server.Settings;

/// <summary>Every setting that there is: name, unit, range, default.</summary>
internal static class KnownSettings
{
    public const int DefaultBlockSize = 4096;
    public const int DefaultChunkBlocks = 16;

    public static readonly Setting<string> Config = new(
        "config", "FILE", "A JSON file of settings: one object, a property each, named as here without the hyphens in front",
        SettingText.TryText, "the name of a file is wanted");

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
        SettingText.TryEndpoint, "an address and a port such as 127.0.0.1:7000 or [::1]:7000 are wanted", "-port");

    public static readonly Setting<bool> Format = new(
        "format", helpName: null,
        "Make a blank member of an empty folder first. A folder that holds the member already is served as it is",
        SettingText.TrySwitch, "true or false is wanted");

    public static IReadOnlyList<Setting> Geometry { get; } = [Array, Member, Servers, Rows, BlockSize, Chunk];

    public static IReadOnlyList<Setting> All { get; } = [Config, Data, .. Geometry, Listen, Format];
}
