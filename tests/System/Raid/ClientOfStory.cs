using System.Runtime.CompilerServices;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>A client of a story on a host of its own: it can crash, stand still and be cut off.</summary>
/// <remarks>What it was doing when its host crashed never ends: do not await that.</remarks>
internal sealed class ClientOfStory(ArrayStory story, Host host)
{
    private int _openings;

    public Host Host => host;

    public Raid5Array Array { get; private set; } = null!;

    public ArrayStatus Status => Array.Status;

    /// <summary>Takes the array over.</summary>
    public Task<Errno> OpenAsync(ArrayOptions? options = null) => RunAsync("open", async () =>
    {
        HostLife life = host.Life!;
        Result<Raid5Array> array = await Raid5Array.OpenAsync(
            [.. Enumerable.Range(0, story.Members).Select(member => life.Connect(story.Server(member).Host))],
            options ?? new ArrayOptions(),
            life.Clock,
            life.Dice($"array {++_openings}"));
        if (array.IsOk)
        {
            Array = array.Value;
            _ = life.Spawn("background", () => array.Value.Background);
        }

        return array.Error;
    });

    public async Task OpenWell(ArrayOptions? options = null) => Assert.Equal(Errno.OK, await OpenAsync(options));

    public Task<Errno> Write(long block, int version, int blocks = 1) => RunAsync(
        "write", () => Array.WriteAsync(new BlockAddress(block), ArrayStory.Content(block, version, blocks)));

    public Task<Errno> Commit() => RunAsync("commit", () => Array.CommitAsync());

    public Task<Errno> Read(long block, int blocks = 1) => RunAsync(
        "read", () => Array.ReadAsync(new BlockAddress(block), new byte[blocks * ArrayStory.BlockSize]));

    /// <summary>Writes blocks and commits them.</summary>
    public async Task WriteDurably(long block, int version, int blocks = 1)
    {
        Assert.Equal(Errno.OK, await Write(block, version, blocks));
        Assert.Equal(Errno.OK, await Commit());
    }

    /// <summary>Writes the whole array and commits it.</summary>
    public Task Fill(int version) => WriteDurably(0, version, (int)Array.BlockCount);

    /// <summary>Reads blocks and expects what <see cref="Write"/> wrote.</summary>
    public async Task Expect(long block, int version, int blocks = 1, [CallerLineNumber] int line = 0)
    {
        byte[] found = new byte[blocks * ArrayStory.BlockSize];
        Errno error = await RunAsync("read", () => Array.ReadAsync(new BlockAddress(block), found));
        Assert.True(error == Errno.OK, $"read of block {block}: {error} (line {line})");
        Assert.True(
            found.AsSpan().SequenceEqual(ArrayStory.Content(block, version, blocks)), $"block {block} (line {line})");
    }

    /// <summary>Waits until all members are in sync, a minute at most.</summary>
    public async Task UntilInSync()
    {
        for (int i = 0; i < 600 && Status.Members.Any(member => member.State != MemberState.InSync); i++)
        {
            await story.Pause(0.1);
        }

        Assert.All(Status.Members, member => Assert.Equal(MemberState.InSync, member.State));
    }

    /// <summary>Scrubs, and expects that there was nothing to find.</summary>
    public async Task ExpectClean()
    {
        ScrubReport report = await RunAsync("scrub", () => Array.ScrubAsync());
        Assert.Empty(report.Findings);
        Assert.True(report.IsClean);
    }

    public void Crash() => host.Crash();

    /// <summary>Another life of it opens the array.</summary>
    public async Task RecoverWell(ArrayOptions? options = null)
    {
        host.Restart();
        await OpenWell(options);
    }

    private async Task<T> RunAsync<T>(string name, Func<Task<T>> body)
    {
        T? result = default;
        await host.Life!.Spawn(name, async () => result = await body());
        return result!;
    }
}
