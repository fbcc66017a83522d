using System.Text.Json;
using System.Xml.Linq;
using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary><c>experiment</c>: how files load the servers.</summary>
public sealed class ExperimentTests
{
    [Fact]
    public async Task Every_block_and_file_size_is_measured_and_no_server_is_idle_while_another_is_busy()
    {
        using var folder = new TemporaryFolder();
        using var tool = new ClientTool();

        Said said = await tool.RunAsync(
            "experiment", "-ns", "4", "--block-sizes", "4KiB,16KiB", "--file-sizes", "4MiB,16MiB", "--svg", folder.Of("load.svg"), "--json");

        Assert.True(said.Code == ExitCode.Done, said.ToString());
        JsonElement[] measured = [.. JsonDocument.Parse(said.Out).RootElement.EnumerateArray()];
        Assert.Equal(4, measured.Length);
        Assert.All(measured, static load => Assert.InRange(load.GetProperty("blockSpread").GetDouble(), 1, 1.25));
        Assert.All(measured, static load => Assert.True(load.GetProperty("single").GetInt64() > 0));
        XDocument picture = XDocument.Load(folder.Of("load.svg"));
        Assert.Equal(1 + (4 * 5), picture.Descendants().Count(static element => element.Name.LocalName == "rect"));
    }
}
