using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>What the program will not do: it says so in one line, and in its exit code.</summary>
internal static class Refused
{
    public static async Task ExpectAsync(
        int exitCode, string complaint, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        EndedProgram ended = await ServerProcess.RunAsync(arguments, environment);
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Empty(ended.Output);
        Assert.StartsWith($"raid5fs-server: {complaint}", Assert.Single(ended.Errors));
    }
}
