using System.Text.Json;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Local;

/// <summary>
/// What a cluster on this machine consists of, as its state file remembers it: <c>cluster.json</c> in its folder, beside a folder
/// and a log for each server.
/// </summary>
internal sealed record ClusterState
{
    public const string FileName = "cluster.json";

    /// <summary>Where a cluster is, unless it is said otherwise: below the folder in which the tool is run.</summary>
    public const string DefaultFolder = "raid5fs-cluster";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The array's name: 32 hexadecimal digits.</summary>
    public required string Array { get; init; }

    /// <summary>Bytes.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Consecutive blocks on one server.</summary>
    public required int Chunk { get; init; }

    /// <summary>Blocks on each server.</summary>
    public required long Rows { get; init; }

    /// <summary>In the order of their places.</summary>
    public required IReadOnlyList<ServerState> Servers { get; init; }

    /// <summary>What a member is to be.</summary>
    /// <exception cref="ArgumentException">There is no such member.</exception>
    public MemberGeometry GeometryOf(int member) => new(
        ArrayId.Read(Convert.FromHexString(Array)), new MemberIndex(member), Servers.Count, BlockSize, Chunk, Rows);

    /// <summary>Whether a folder has a state file.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads the state file of a folder.</summary>
    /// <returns>Null, and what is wrong with it.</returns>
    public static ClusterState? Read(string folder, out string? complaint)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            ClusterState? state = JsonSerializer.Deserialize<ClusterState>(File.ReadAllText(path), Format);
            complaint = state is null ? $"{path}: holds nothing" : null;
            state?.GeometryOf(0);
            return state;
        }
        catch (Exception error) when (
            error is IOException or UnauthorizedAccessException or JsonException or ArgumentException or FormatException)
        {
            complaint = $"{path}: {error.Message}";
            return null;
        }
    }

    /// <summary>Writes the state file aside, then puts it in the place of the old one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, Format) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}

/// <summary>One server of a cluster on this machine.</summary>
/// <param name="Port">Where it listens, on loopback; 0 until it was first started.</param>
/// <param name="Pid">Of the process that was started last; 0 for none.</param>
internal sealed record ServerState(int Port, int Pid);
