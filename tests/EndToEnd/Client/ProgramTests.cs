using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>The program as a process of its own: what a script sees of it.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Help_lists_the_verbs_and_bad_usage_ends_with_2()
    {
        EndedProgram help = await RunAsync("--help");
        EndedProgram bad = await RunAsync("frobnicate");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains(help.Output, static line => line.TrimStart().StartsWith("shell", StringComparison.Ordinal));
        Assert.Equal(2, bad.ExitCode);
        Assert.Equal(["raid5fs: unknown verb 'frobnicate'; raid5fs --help lists them"], bad.Errors);
    }

    /// <remarks>In this process: beside the tests the program lacks what the server has of its framework.</remarks>
    [Fact]
    public async Task Where_no_server_answers_each_is_named_and_the_code_is_1()
    {
        using var tool = new ClientTool();

        Said nowhere = await tool.RunAsync("ls", "--servers", "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3", "--patience", "50ms");

        Assert.Equal(Raid5Fs.Client.ExitCode.Refused, nowhere.Code);
        Assert.StartsWith("raid5fs: EIO: the array cannot be opened: server 0 at 127.0.0.1:1 is away; server 1", nowhere.Error);
    }

    [Fact]
    public async Task The_completion_script_is_one_that_bash_takes()
    {
        EndedProgram script = await RunAsync("completion", "bash");

        Assert.Equal(0, script.ExitCode);
        Assert.Contains(script.Output, static line => line.Contains("showfsconfig", StringComparison.Ordinal));
        Assert.Equal("complete -o default -F _raid5fs raid5fs", script.Output[^1]);
    }

    private static async Task<EndedProgram> RunAsync(params string[] arguments)
    {
        await using var process = ProgramProcess.Start("raid5fs-client.dll", arguments);
        return await process.EndAsync();
    }
}
