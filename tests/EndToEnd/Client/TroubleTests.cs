using System.Text.Json;
using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>What users see when a server dies, or its disk rots, and what they can do about it.</summary>
public sealed class TroubleTests
{
    private const string Text = "a text that is longer than nothing";

    [Fact]
    public async Task A_dead_server_is_told_of_once_the_work_goes_on_and_repair_brings_it_back()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        await tool.ShellAsync("create f", $"append f {Text}");
        await cluster.KillAsync(0);

        string[] shown = await tool.ShellAsync("cat f", "append f !", "cat f", "create g", "ls");
        Said degraded = await tool.RunAsync("status", "--json");
        await cluster.StartAsync(0);
        Said repaired = await tool.RunAsync("repair", "0");
        Said healthy = await tool.RunAsync("status", "--json");

        Assert.Single(shown, static line => line.StartsWith("SERVER_DISCONNECTED", StringComparison.Ordinal));
        Assert.Matches("^SERVER_DISCONNECTED (read|write) [0-9]+$", shown.Single(static line => line.StartsWith("SERVER_", StringComparison.Ordinal)));
        Assert.Equal([Text, Text + "!", "[1]:f", "[1]:g"], shown.Where(static line => !line.StartsWith("SERVER_", StringComparison.Ordinal)));
        Assert.Equal("degraded", JsonDocument.Parse(degraded.Out).RootElement.GetProperty("state").GetString());
        Assert.True(repaired.Code == ExitCode.Done, repaired.ToString());
        Assert.StartsWith("server 0 is in sync", repaired.Out);
        Assert.Equal("healthy", JsonDocument.Parse(healthy.Out).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_corrupted_block_is_told_of_by_its_number_and_read_all_the_same()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        await cluster.KillAsync(0);
        await cluster.StartAsync(0, "--corrupt-block", "0");

        // Row 0 of server 0 is block 0, the superblock: each mount reads it.
        Said said = await tool.TypeAsync("ls", "shell");

        Assert.True(said.Code == ExitCode.Done, said.ToString());
        Assert.Contains("CORRUPTED_BLOCK 0", said.Lines);
    }

    [Fact]
    public async Task A_scrub_finds_and_heals_nothing_on_sound_disks_and_says_which_rows_it_could_not_verify()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);

        Said sound = await tool.RunAsync("scrub");
        await cluster.KillAsync(1);
        Said partial = await tool.RunAsync("scrub");

        Assert.Equal("64 rows, 0 findings\n", sound.Out);
        Assert.Equal("64 rows, 0 findings, 64 rows not verified: a server is away\n", partial.Out);
    }

    [Fact]
    public async Task With_two_servers_away_the_array_is_not_opened_and_those_are_named()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        await cluster.KillAsync(0);
        await cluster.KillAsync(2);

        Said ls = await tool.RunAsync("ls");
        Said status = await tool.RunAsync("status");

        Assert.Equal(ExitCode.Refused, ls.Code);
        Assert.StartsWith("raid5fs: EIO: the array cannot be opened: server 0 at ", ls.Error);
        Assert.Contains("; server 2 at ", ls.Error);
        Assert.Equal(ExitCode.Refused, status.Code);
    }

    [Fact]
    public async Task Servers_in_the_wrong_order_are_refused_and_named()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool();
        string reversed = string.Join(',', cluster.Addresses.Reverse().Select(static address => new Uri(address).Authority));

        Said said = await tool.RunAsync("ls", "--servers", reversed);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.StartsWith("raid5fs: ESTALE: the array cannot be opened: server 0 at ", said.Error);
        Assert.Contains("it is member 2 of 3", said.Error);
    }

    [Fact]
    public async Task A_blank_server_elsewhere_takes_the_place_of_one_that_is_gone()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape());
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        await tool.ShellAsync("create f", $"append f {Text}");
        await cluster.KillAsync(1);
        using var folder = new TemporaryFolder();
        var shape = new MemberShape { Array = cluster.Array, Member = 1 };
        await using ServerProcess blank = await ServerProcess.StartAsync(folder.Folder("blank"), ["--format", .. shape.ToArguments()]);

        Said replaced = await tool.RunAsync("replace", "1", "--with", $"127.0.0.1:{blank.Port}");

        Assert.True(replaced.Code == ExitCode.Done, replaced.ToString());
        string servers = replaced.Lines[^1]["from now on: --servers ".Length..];
        using var anew = new ClientTool();
        Assert.Equal($"{Text}\n", (await anew.RunAsync("cat", "/f", "--servers", servers)).Out);
    }
}
