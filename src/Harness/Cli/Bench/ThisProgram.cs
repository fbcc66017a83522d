using System.Diagnostics;

namespace Raid5Verify.Cli.Bench;

/// <summary>This command line, as a process of its own.</summary>
internal static class ThisProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(params IReadOnlyList<string> arguments)
    {
        // Started as `dotnet Raid5Verify.Cli.dll` or by its own executable.
        var host = Environment.ProcessPath!;
        var isDotnet = Path.GetFileNameWithoutExtension(host) == "dotnet";
        var start = new ProcessStartInfo(host, isDotnet ? ["exec", typeof(ThisProgram).Assembly.Location, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
