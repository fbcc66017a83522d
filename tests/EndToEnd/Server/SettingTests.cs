using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>The command line before the environment, and that before the file; what is wrong is named with its place.</summary>
public sealed class SettingTests
{
    [Fact]
    public async Task The_command_line_comes_before_the_environment_and_that_before_the_file()
    {
        using var folder = new TemporaryFolder();
        string member = folder.Folder("member");
        string file = folder.File("server.json", """{ "member": 0, "servers": 3, "rows": 64, "block-size": 512, "chunk": 8 }""");
        var environment = new Dictionary<string, string>
        {
            ["RAID5FS_SERVER_CONFIG"] = file,
            ["RAID5FS_SERVER_MEMBER"] = "1",
            ["RAID5FS_SERVER_SERVERS"] = "4",
            ["RAID5FS_SERVER_DATA"] = member,
        };
        EndedProgram formatted = await ServerProcess.RunAsync(["format", "--servers", "5"], environment);
        Assert.True(formatted.ExitCode == 0, $"{formatted}");

        await using ServerProcess server = await ServerProcess.StartAsync(member);
        using var caller = new MemberCaller(server.Address);
        Protocol.InspectReply found = await caller.Client.InspectAsync(new Protocol.InspectRequest());
        Assert.Equal((1, 5, 512, 8, 64L), (found.Member, found.Members, found.BlockSize, found.ChunkBlocks, found.Rows));
    }

    [Theory]
    [InlineData("{ \"rows\": 64,\n  \"rwos\": 64 }", ":2: rwos: there is no such setting; raid5fs-server --help lists them")]
    [InlineData("{ \"rows\": 64,\n  \"rows\": 64 }", ":2: rows: is there twice")]
    [InlineData("{ \"rows\": [64] }", ":1: rows: a text, a number, true or false is wanted")]
    [InlineData("{ \"rows\": 6.4 }", ":1: rows '6.4': a whole number is wanted")]
    [InlineData("{ \"rows\": 64", ":1: not JSON: ")]
    [InlineData("[]", ":1: one JSON object is wanted, with a property a setting")]
    public async Task What_is_wrong_with_the_file_is_named_with_its_line(string text, string complaint)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("server.json", text);
        await Refused.ExpectAsync(2, file + complaint, ["format", "--data", folder.Path, "--config", file]);
    }

    [Fact]
    public async Task What_is_wrong_with_the_environment_is_named()
    {
        await Refused.ExpectAsync(
            2,
            "RAID5FS_SERVER_RWOS: there is no such setting; raid5fs-server --help lists them",
            ["format"],
            new Dictionary<string, string> { ["RAID5FS_SERVER_RWOS"] = "64" });
        await Refused.ExpectAsync(
            2,
            "RAID5FS_SERVER_STOP_WITHIN '30': a number with its unit, such as 250ms, 10s or 2m, up to a day, is wanted",
            ["format"],
            new Dictionary<string, string> { ["RAID5FS_SERVER_STOP_WITHIN"] = "30" });
    }

    [Theory]
    [InlineData("unknown verb 'srve'; there are format, serve", "srve")]
    [InlineData("unknown option '--rwos' for format; there are --data", "format", "--rwos", "64")]
    [InlineData("Option '--rows' expects a single argument but 2 were provided", "format", "--rows", "64", "-nb", "64")]
    [InlineData("--listen is needed", "serve", "--data", "x")]
    [InlineData("--data is needed", "serve", "--listen", "0")]
    [InlineData("--array is needed with --format", "serve", "--data", "x", "--listen", "0", "--format")]
    [InlineData("--listen '127.0.0.1': an address and a port such as", "serve", "--data", "x", "--listen", "127.0.0.1")]
    [InlineData("--listen '::1:7000': an address and a port such as", "serve", "--data", "x", "--listen", "::1:7000")]
    [InlineData("--max-calls '0': a whole number from 1 is wanted", "serve", "--data", "x", "--listen", "0", "--max-calls", "0")]
    [InlineData("--log-level '3': trace, debug", "serve", "--data", "x", "--listen", "0", "--log-level", "3")]
    public async Task What_is_wrong_with_the_command_line_is_named(string complaint, params string[] arguments) =>
        await Refused.ExpectAsync(2, complaint, arguments);

    [Theory]
    [InlineData("--listen '0.0.0.0:0' is not an address of loopback: it needs --tls-certificate and --tls-key", "--listen", "0.0.0.0:0")]
    [InlineData("--listen '[::]:0' is not an address of loopback", "--listen", "[::]:0")]
    [InlineData(
        "--metrics-listen '0.0.0.0:0' is not an address of loopback: metrics go unprotected",
        "--listen", "127.0.0.1:0", "--metrics-listen", "0.0.0.0:0")]
    public async Task Nothing_is_exposed_by_accident(string complaint, params string[] options)
    {
        using var folder = new TemporaryFolder();
        await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        await Refused.ExpectAsync(2, complaint, ["serve", "--data", folder.Path, .. options]);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        using var folder = new TemporaryFolder();
        await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        EndedProgram ended = await ServerProcess.RunAsync(["serve", "--data", folder.Path, "-port", $"{member.Server.Port}", "--log-level", "none"]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal($"raid5fs-server: EADDRINUSE: 127.0.0.1:{member.Server.Port} cannot be listened at", Assert.Single(ended.Errors));
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task The_help_of_each_verb_tells_of_each_of_its_options()
    {
        EndedProgram help = await ServerProcess.RunAsync(["serve", "--help"]);
        Assert.Equal(0, help.ExitCode);
        string text = string.Join('\n', help.Output);
        Assert.All(
            ["--data", "--listen", "-port", "--format", "--block-size", "-bs", "-nb", "--tls-client-ca", "--corrupt-block", "-cblk", "-delayat", "Default 4096"],
            option => Assert.Contains(option, text));
    }
}
