using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Cluster;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>A world with one host and its disk, on which a member is formatted, opened, crashed and opened again.</summary>
internal sealed class OnOneServer
{
    public const int BlockSize = 512;
    public const int Rows = 70;

    private ulong _boots;

    private OnOneServer(World world)
    {
        World = world;
        Host = world.AddHost("server");
    }

    public static MemberGeometry Geometry { get; } =
        new(new ArrayId(1, 2), new MemberIndex(1), members: 3, BlockSize, chunkBlocks: 2, Rows);

    public World World { get; }

    public Host Host { get; }

    public SimFile Data => Host.Disk.Files["data"];

    public SimFile Table => Host.Disk.Files["table"];

    public SimFile Superblock => Host.Disk.Files["superblock"];

    /// <summary>The disk as the present life sees it.</summary>
    public IDisk Disk => new SimulatedDisk(Host.Life!.Disk);

    public static void Tell(Func<OnOneServer, Task> story, ulong seed = 1)
    {
        var world = new World(new WorldOptions { Seed = seed });
        var told = new OnOneServer(world);
        world.Run(async () =>
        {
            told.Host.Start(static _ => Task.CompletedTask);
            await story(told);
        });
    }

    public static byte[] Content(int version)
    {
        byte[] content = new byte[BlockSize];
        new Random(version).NextBytes(content);
        return content;
    }

    public static NewBlock Block(long row, int version)
    {
        byte[] content = Content(version);
        return new NewBlock(new Row(row), content, Checksum.Of(content));
    }

    public async Task<MemberStore> FormatAndOpenAsync()
    {
        Assert.Equal(Errno.OK, await MemberStore.FormatAsync(Disk, Geometry));
        return await OpenAsync();
    }

    public async Task<MemberStore> OpenAsync()
    {
        Result<MemberStore> store = await MemberStore.OpenAsync(Disk, ++_boots);
        Assert.Equal(Errno.OK, store.Error);
        return store.Value;
    }

    /// <summary>The server dies and comes back over its disk.</summary>
    public async Task<MemberStore> CrashAndOpenAsync()
    {
        Crash();
        return await OpenAsync();
    }

    public void Crash()
    {
        Host.Crash();
        Host.Restart();
    }

    public static async Task<StoredBlockState> StateOf(MemberStore store, long row) =>
        (await store.ReadAsync([new Row(row)]))[0].State;

    /// <summary>Expects a good block with the content of a version.</summary>
    public static async Task Expect(MemberStore store, long row, int version)
    {
        StoredBlock block = (await store.ReadAsync([new Row(row)]))[0];
        Assert.Equal(StoredBlockState.Good, block.State);
        Assert.True(block.Content.Span.SequenceEqual(Content(version)), $"row {row} is not version {version}");
    }
}
