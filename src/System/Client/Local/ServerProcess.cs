using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Raid5Fs.Client.Local;

/// <summary>A block server as a process of this machine that outlives the tool.</summary>
internal static partial class ServerProcess
{
    private const int Terminate = 15;
    private const int Kill = 9;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(20);

    /// <summary>Whether a process runs, and is a server of this folder: numbers of processes are used again.</summary>
    /// <param name="pid">0: none.</param>
    /// <param name="data">The member's folder.</param>
    public static bool IsRunning(int pid, string data)
    {
        try
        {
            return pid > 0 && File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Contains(data, StringComparer.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Starts a server in a session of its own, and waits until it listens.</summary>
    /// <param name="program">The server.</param>
    /// <param name="arguments">Of its command line.</param>
    /// <param name="log">A file that is written anew; what it says goes there.</param>
    /// <param name="complain">Told why it did not start: the last line that it said.</param>
    /// <returns>Its process and port; null if it did not start.</returns>
    public static async Task<(int Pid, int Port)?> StartAsync(
        string program, IReadOnlyList<string> arguments, string log, Action<string> complain)
    {
        // The shell only puts its own process aside: exec keeps the number, setsid leaves the terminal.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (string word in (string[])["-c", "log=$1; shift; exec setsid \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments])
        {
            start.ArgumentList.Add(word);
        }

        await File.WriteAllTextAsync(log, string.Empty);
        using Process process = Process.Start(start)!;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < StartsWithin)
        {
            bool hasExited = process.HasExited;
            string said = await File.ReadAllTextAsync(log);
            if (PortIn(said) is { } port)
            {
                return (process.Id, port);
            }

            if (hasExited)
            {
                complain(said.Trim().Split('\n')[^1]);
                return null;
            }

            await Task.Delay(Pause);
        }

        process.Kill();
        complain($"it did not listen within {StartsWithin.TotalSeconds} s; see {log}");
        return null;
    }

    /// <summary>Asks a server to end, and ends it if it does not within 20 s.</summary>
    public static async Task StopAsync(int pid, string data)
    {
        Signal(pid, Terminate);
        long began = Stopwatch.GetTimestamp();
        while (IsRunning(pid, data))
        {
            if (Stopwatch.GetElapsedTime(began) > EndsWithin)
            {
                Signal(pid, Kill);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>The port in the line <c>listening on http://127.0.0.1:PORT</c>.</summary>
    internal static int? PortIn(string said)
    {
        foreach (string line in said.Split('\n')[..^1])
        {
            if (line.StartsWith("listening on ", StringComparison.Ordinal)
                && Uri.TryCreate(line["listening on ".Length..].Trim(), UriKind.Absolute, out Uri? address))
            {
                return address.Port;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int pid, int signal);
}
