using Raid5Fs.BlockServer;
using Raid5Fs.Execution;
using Raid5Fs.Primitives;
using Raid5Fs.Server;
using Raid5Fs.Tests.Server;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>A process, and the disk as it sees it: so one story can be told of the simulated disk and of the real one.</summary>
public abstract class ProcessWithDisk
{
    public abstract IDisk Disk { get; }

    /// <summary>The process ends, and another takes its place over the same disk.</summary>
    public abstract Task RestartAsync();

    /// <summary>Makes a file and all names durable before.</summary>
    public async Task RestartAsync(IDiskFile flushing)
    {
        Assert.Equal(Errno.OK, await flushing.FlushAsync());
        Assert.Equal(Errno.OK, await Disk.FlushFolderAsync());
        await RestartAsync();
    }
}

/// <summary>A process of the simulation. It ends by a loss of power: what was not flushed is at the mercy of the dice.</summary>
internal sealed class SimulatedProcess(OnOneServer server) : ProcessWithDisk
{
    public override IDisk Disk => server.Disk;

    public static Task Tell(Func<ProcessWithDisk, Task> story)
    {
        OnOneServer.Tell(server => story(new SimulatedProcess(server)));
        return Task.CompletedTask;
    }

    public override Task RestartAsync()
    {
        server.Crash();
        return Task.CompletedTask;
    }
}

/// <summary>A process over real files in a folder of its own. It ends, and the machine goes on.</summary>
internal sealed class RealProcess(TemporaryFolder folder) : ProcessWithDisk
{
    private FileDisk _disk = folder.OpenDisk();

    public override IDisk Disk => _disk;

    public static async Task Tell(Func<ProcessWithDisk, Task> story)
    {
        using var folder = new TemporaryFolder();
        await using var executor = new SerialExecutor("server");
        await executor.RunAsync(async () =>
        {
            var process = new RealProcess(folder);
            await story(process);
            Assert.True(executor.IsCurrent);
            await process._disk.DisposeAsync();
        });
    }

    public override async Task RestartAsync()
    {
        await _disk.DisposeAsync();
        _disk = folder.OpenDisk();
    }
}
