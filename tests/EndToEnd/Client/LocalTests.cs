using System.Diagnostics;
using System.Text.Json;
using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary><c>local</c>: a cluster in one command, which survives what is done to it.</summary>
public sealed class LocalTests
{
    [Fact]
    public async Task A_cluster_of_small_blocks_is_made_killed_in_part_started_again_and_replaced_in_part()
    {
        using var folder = new TemporaryFolder();
        using var tool = new ClientTool();
        string cluster = folder.Of("cluster");
        string[] on = ["--cluster", cluster, "--lease", "200ms", "--patience", "500ms"];
        try
        {
            Said made = await tool.RunAsync(["local", "up", "-ns", "4", "-nb", "256", "-bs", "128", "-ni", "16", "-is", "128", .. on]);
            Assert.True(made.Code == ExitCode.Done, made.ToString());
            Assert.StartsWith("4 of 4 servers started", made.Out);
            Said config = await tool.RunAsync(["showfsconfig", .. on]);
            Assert.Contains("block size    128 bytes\nblocks        258\ninodes        16 of 128 bytes\n", config.Out);
            Assert.Equal(ExitCode.Done, (await tool.TypeAsync("create f\nappend f hello", ["shell", .. on])).Code);

            Said again = await tool.RunAsync(["local", "up", .. on]);
            Assert.StartsWith("0 of 4 servers started, 4 ran already", again.Out);

            int[] before = await PidsAsync(tool, on);
            using (var process = Process.GetProcessById(before[3]))
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            Said mended = await tool.RunAsync(["local", "up", .. on]);
            Assert.StartsWith("1 of 4 servers started, 3 ran already", mended.Out);
            int[] after = await PidsAsync(tool, on);
            Assert.Equal(before[..3], after[..3]);
            Assert.NotEqual(before[3], after[3]);

            Said replaced = await tool.RunAsync(["replace", "1", .. on]);
            Assert.True(replaced.Code == ExitCode.Done, replaced.ToString());
            Assert.True(Directory.Exists(Path.Combine(cluster, "server-1.replaced-1")));
            Assert.Equal("hello\n", (await tool.RunAsync(["cat", "/f", .. on])).Out);
        }
        finally
        {
            Said down = await tool.RunAsync(["local", "down", .. on]);
            Assert.Equal("4 of 4 servers ended\n", down.Out);
        }

        Assert.Contains("does not run", (await tool.RunAsync(["local", "status", .. on])).Out);
    }

    [Theory]
    [InlineData("local", "up", "-ns", "2")]
    [InlineData("local", "up", "-bs", "100")]
    [InlineData("local", "up", "--size", "much")]
    [InlineData("local", "up", "--size", "1MiB", "-nb", "7")]
    [InlineData("local", "down")]
    public async Task An_impossible_cluster_is_refused_in_one_line(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using var tool = new ClientTool();

        Said said = await tool.RunAsync([.. arguments, "--cluster", folder.Of("cluster")]);

        Assert.Equal(ExitCode.Usage, said.Code);
        Assert.Single(said.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(Directory.Exists(folder.Of("cluster")));
    }

    private static async Task<int[]> PidsAsync(ClientTool tool, string[] on)
    {
        Said status = await tool.RunAsync(["local", "status", "--json", .. on]);
        return [.. JsonDocument.Parse(status.Out).RootElement.EnumerateArray().Select(static server => server.GetProperty("pid").GetInt32())];
    }
}
