using System.Diagnostics;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>A real process whose standard output is on a full disk.</summary>
public sealed class FullOutputTests
{
    [Theory]
    [InlineData("explore --profile quick --guided --time 1000h")]
    [InlineData("explore --exhaustive")]
    public void A_standard_output_that_is_full_ends_it(string arguments)
    {
        var folder = Directory.CreateTempSubdirectory("full-");
        // The shell opens the full disk; the first line about how far it is comes after some seconds.
        var command = $"exec \"$0\" exec \"$1\" {arguments} --no-db --jobs 1 --out \"$2\" > /dev/full";
        using var process = Process.Start(new ProcessStartInfo(
            "sh",
            ["-c", command, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "Raid5Verify.Cli.dll"), folder.FullName])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)));
            Assert.Equal(2, process.ExitCode);
            Assert.Contains("the output cannot be written: ", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            folder.Delete(recursive: true);
        }
    }
}
