using System.Net.Sockets;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Owner;

/*
 * The program that owns an array listens on a Unix socket, so that tools on the same machine can ask it for what only the owner
 * can do. A conversation is one question, a JSON object in a line, and its answers, a JSON object a line:
 *
 *   > {"ask":"status"}                                     < {"answer":{…}}
 *   > {"ask":"scrub"}       < {"progress":{…}} now and then  < {"answer":{…}}
 *   > {"ask":"repair","member":2}
 *   > {"ask":"replace","member":2,"server":"HOST:PORT"}    < {"error":"EIO","message":"…"} if it cannot be done
 *
 * Who hangs up ends what was asked. The socket lies in a folder that only its user may enter: who may connect may ask.
 */

/// <summary>A question to the owner of an array.</summary>
/// <param name="Ask"><c>status</c>, <c>scrub</c>, <c>repair</c> or <c>replace</c>.</param>
internal sealed record OwnerQuestion(string Ask)
{
    /// <summary>Of repair and replace.</summary>
    public int? Member { get; init; }

    /// <summary>Of replace: where the blank server is.</summary>
    public string? Server { get; init; }
}

/// <summary>One line of an answer: one of its parts is there.</summary>
internal sealed record OwnerLine
{
    public WorkProgress? Progress { get; init; }

    public OwnerAnswer? Answer { get; init; }

    /// <summary>The name of an <see cref="Errno"/>.</summary>
    public string? Error { get; init; }

    public string? Message { get; init; }
}

/// <summary>What came of a question: the part that it asked for is there.</summary>
internal sealed record OwnerAnswer
{
    public Reports.ArrayReport? Status { get; init; }

    public Reports.ScrubSummary? Scrub { get; init; }

    public Reports.RepairSummary? Repair { get; init; }
}

/// <summary>How far a long work is.</summary>
/// <param name="What">In a word or two.</param>
/// <param name="Done">Of <paramref name="Of"/>.</param>
/// <param name="Of">In all.</param>
internal sealed record WorkProgress(string What, long Done, long Of);

/// <summary>Where the socket of an array's owner is.</summary>
internal static class OwnerSocket
{
    private const UnixFileMode OnlyUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string PathOf(ArrayId array) => Path.Combine(Folder, $"{array}.sock");

    private static string Folder => Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
        ? Path.Combine(runtime, "raid5fs")
        : Path.Combine(Path.GetTempPath(), $"raid5fs-{Environment.UserName}");

    /// <summary>Listens in the place of an owner that died, or was fenced.</summary>
    /// <exception cref="IOException">The folder cannot be made, or belongs to another user.</exception>
    /// <exception cref="SocketException">The socket cannot be made.</exception>
    public static Socket Listen(ArrayId array)
    {
        Directory.CreateDirectory(Folder, OnlyUser);
        if (File.GetUnixFileMode(Folder) != OnlyUser)
        {
            File.SetUnixFileMode(Folder, OnlyUser);
        }

        // An owner that still listens there is about to find out that it owns the array no more: who asks later is to ask this one.
        string path = PathOf(array);
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    /// <summary>Takes the socket's name away, unless another owner listens at it by now.</summary>
    public static async Task ClearAsync(ArrayId array)
    {
        using Stream? other = await ConnectAsync(array);
        if (other is null)
        {
            File.Delete(PathOf(array));
        }
    }

    /// <summary>Connects to the owner; null if there is none on this machine.</summary>
    public static async Task<NetworkStream?> ConnectAsync(ArrayId array)
    {
        string path = PathOf(array);
        if (!File.Exists(path))
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
