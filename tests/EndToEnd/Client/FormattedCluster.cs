using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>Three servers with an empty file system on them, for the tests of one class, one after another.</summary>
public sealed class FormattedCluster : IAsyncLifetime
{
    private Cluster? _cluster;
    private ClientTool? _tool;

    internal ClientTool Tool => _tool!;

    public async Task InitializeAsync()
    {
        _cluster = await Cluster.StartAsync(new MemberShape { Rows = 256 });
        _tool = new ClientTool(_cluster);
    }

    public async Task DisposeAsync()
    {
        _tool?.Dispose();
        await _cluster!.DisposeAsync();
    }

    /// <summary>Makes the file system anew.</summary>
    internal async Task<ClientTool> EmptyAsync()
    {
        Said made = await Tool.RunAsync("mkfs", "--force");
        Assert.True(made.Code == ExitCode.Done, made.ToString());
        return Tool;
    }
}
