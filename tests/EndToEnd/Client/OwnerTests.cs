using System.Text.Json;
using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>Tools that meet an array which another program on this machine owns.</summary>
public sealed class OwnerTests
{
    [Fact]
    public async Task The_owner_answers_for_its_array_and_nobody_takes_it_away_by_mistake()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape { Rows = 128 });
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        using var typed = new Typed();
        Task<Said> shell = tool.RunAsync(typed, new StringWriter(), "shell");
        await Task.WhenAny(typed.IsAskedAsync(), shell);

        Said status = await tool.RunAsync("status", "--json");
        Said scrub = await tool.RunAsync("scrub");
        Said repair = await tool.RunAsync("repair", "2", "--json");
        Said refused = await tool.RunAsync("ls");

        Assert.Equal(Environment.ProcessId, JsonDocument.Parse(status.Out).RootElement.GetProperty("owner").GetInt32());
        Assert.Equal("128 rows, 0 findings\n", scrub.Out);
        Assert.Equal(2, JsonDocument.Parse(repair.Out).RootElement.GetProperty("member").GetInt32());
        Assert.Equal(ExitCode.Refused, refused.Code);
        Assert.Contains("EBUSY", refused.Error);

        // It owns the array still.
        typed.Type("create mine");
        typed.Type("ls");
        typed.End();
        Said said = await shell;
        Assert.True(said.Code == ExitCode.Done, said.ToString());
        Assert.Equal(["[1]:mine"], said.Lines);
    }

    [Fact]
    public async Task Who_says_so_takes_the_array_over_and_the_former_owner_is_told()
    {
        await using Cluster cluster = await Cluster.StartAsync(new MemberShape { Rows = 128 });
        using var tool = new ClientTool(cluster);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("mkfs")).Code);
        using var typed = new Typed();
        Task<Said> shell = tool.RunAsync(typed, new StringWriter(), "shell");
        await Task.WhenAny(typed.IsAskedAsync(), shell);

        Said taken = await tool.RunAsync("create", "/theirs", "--take-over");
        typed.Type("create mine");
        typed.Type("sync");
        typed.End();
        Said said = await shell;

        Assert.True(taken.Code == ExitCode.Done, taken.ToString());
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Equal(["[1]:theirs"], await tool.ShellAsync("ls"));
    }

    /// <summary>Lines that somebody types one after another, while others watch.</summary>
    private sealed class Typed : TextReader
    {
        private readonly System.Threading.Channels.Channel<string?> _lines = System.Threading.Channels.Channel.CreateUnbounded<string?>();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the first line is asked for.</summary>
        public Task IsAskedAsync() => _asked.Task;

        public void Type(string line) => _lines.Writer.TryWrite(line);

        public void End() => _lines.Writer.TryWrite(null);

        public override async Task<string?> ReadLineAsync()
        {
            _asked.TrySetResult();
            return await _lines.Reader.ReadAsync();
        }
    }
}
