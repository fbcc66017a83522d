using System.Net.Sockets;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Owner;

/// <summary>Asks the owner of an array on this machine.</summary>
internal static class OwnerClient
{
    /// <summary>Asks one question.</summary>
    /// <param name="array">Which array.</param>
    /// <param name="question">What is wanted.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Hangs up.</param>
    /// <returns>
    /// The line that ended it: an answer or an error, EIO if the owner ended without one. Null: nobody on this machine owns the array.
    /// </returns>
    public static async Task<OwnerLine?> AskAsync(
        ArrayId array, OwnerQuestion question, Action<WorkProgress> progress, CancellationToken cancellation)
    {
        using NetworkStream? stream = await OwnerSocket.ConnectAsync(array);
        if (stream is null)
        {
            return null;
        }

        var ended = new OwnerLine { Error = nameof(Errno.EIO), Message = "the owner of the array ended before it answered" };
        try
        {
            using var reader = new StreamReader(stream);
            await using var writer = new StreamWriter(stream) { AutoFlush = true };
            await writer.WriteLineAsync(Terminal.ToJson(question));
            while (await reader.ReadLineAsync(cancellation) is { } text)
            {
                OwnerLine? line = Terminal.FromJson<OwnerLine>(text);
                if (line?.Progress is { } made)
                {
                    progress(made);
                }
                else
                {
                    return line ?? ended;
                }
            }
        }
        catch (IOException)
        {
            // It ended, and its end of the line with it.
        }

        return ended;
    }
}
