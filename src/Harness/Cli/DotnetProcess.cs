using System.Diagnostics;
using System.Text;

namespace Raid5Verify.Cli;

/// <summary>What a process left behind.</summary>
/// <param name="ExitCode">Its own, whoever ended it.</param>
/// <param name="IsKilled">It took too long, or was no longer wanted.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Complaint">Its standard error.</param>
internal sealed record EndedProcess(int ExitCode, bool IsKilled, string Output, string Complaint);

/// <summary>Runs <c>dotnet</c> to its end, or to the end of one's patience.</summary>
internal static class DotnetProcess
{
    /// <summary>The path of <c>dotnet</c>, where it says so to what it starts; else its name.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <param name="arguments">Of <c>dotnet</c>.</param>
    /// <param name="environment">Variables, besides those of this process.</param>
    /// <param name="time">Then it is killed, with all that it started; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <param name="unwanted">As if the time were up.</param>
    public static EndedProcess Run(
        IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> environment, TimeSpan time, CancellationToken unwanted)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(unwanted);
        bound.CancelAfter(time);
        using var registered = bound.Token.Register(() => process.Kill(entireProcessTree: true));

        // Both are read while it runs: a full pipe would stop it. To wait for its exit is to wait for the last line, too.
        var complaint = new StringBuilder();
        process.ErrorDataReceived += (_, line) => complaint.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new EndedProcess(process.ExitCode, bound.IsCancellationRequested, output, complaint.ToString());
    }
}
