using System.Diagnostics;
using Raid5Verify.Tests.History;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>Ctrl-C, and a polite kill, on a real process.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_ends_a_campaign_and_what_it_found_is_kept(string signal)
    {
        using var fixture = new DatabaseFixture();
        using var process = Start(
            "explore", "--profile", "quick", "--time", "1000h", "--jobs", "1", "--resume", "--db", fixture.Path,
            "--out", Path.Combine(fixture.Folder, "failures"));

        // The line comes when all is prepared, before the first seed.
        Assert.StartsWith("nothing to go on with", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Send(signal, process);
        var end = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains($"interrupted: explore --resume --profile quick --db {fixture.Path} goes on at seed ", end, StringComparison.Ordinal);
        Assert.EndsWith(" passed, 0 failed\n", end, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Number("SELECT count(*) FROM campaigns WHERE ended IS NOT NULL"));
    }

    [Fact]
    public void A_certificate_that_is_interrupted_is_none_and_says_so()
    {
        using var process = Start(
            "certify", "--short", "--seeds", "1000000", "--profile", "quick", "--builds", AppContext.BaseDirectory);

        // The header comes when all is prepared, before the first process.
        Assert.NotEmpty(process.StandardOutput.ReadLine()!);
        Send("TERM", process);

        Assert.Equal("raid5verify: interrupted: nothing is certified\n", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
    }

    /// <summary>Starts the command line as a shell does in the foreground: one that runs tests in the background has them ignore Ctrl-C.</summary>
    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "env",
        [
            "--default-signal=INT", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            "exec", Path.Combine(AppContext.BaseDirectory, "Raid5Verify.Cli.dll"), .. arguments,
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    private static void Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
