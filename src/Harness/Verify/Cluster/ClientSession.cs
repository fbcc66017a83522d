using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/// <summary>One client of the array, in one life of its host: what it has opened and mounted.</summary>
internal sealed class ClientSession(HostLife life)
{
    private readonly TaskCompletionSource _ended = new();

    public HostLife Life => life;

    public Host Host => life.Host;

    /// <summary>Null until it has opened the array.</summary>
    public Raid5Array? Array { get; set; }

    /// <summary>Null until it has mounted the file system.</summary>
    public UnixFileSystem? Files { get; private set; }

    /// <summary>Null until it has mounted the file system.</summary>
    public ClientPaths? Paths { get; private set; }

    /// <summary>Whether it is no longer the one that is asked: it died, or another one has taken over.</summary>
    public bool IsEnded => _ended.Task.IsCompleted;

    public Task Ended => _ended.Task;

    /// <summary>When it ended; null as long as it has not.</summary>
    public TimeSpan? EndedAt { get; private set; }

    public void End(TimeSpan now)
    {
        EndedAt ??= now;
        _ended.TrySetResult();
    }

    /// <param name="files">What it has mounted.</param>
    /// <param name="asked">By what it is asked: the same, or what stands before it.</param>
    public void Mounted(UnixFileSystem files, IFileSystem asked)
    {
        Files = files;
        Paths = new ClientPaths(new PathOperations(asked));
    }

    /// <summary>Unmounts the file system; afterwards there is none, whatever the answer is.</summary>
    public Task<Errno> UnmountAsync()
    {
        UnixFileSystem files = Files!;
        Files = null;
        Paths = null;
        return files.UnmountAsync();
    }

    /// <summary>Runs something on its host, as one of its tasks. If the host dies before that ends, it never does.</summary>
    public async Task<T> RunAsync<T>(string name, Func<Task<T>> body)
    {
        T? result = default;
        await life.Spawn(name, async () => result = await body());
        return result!;
    }
}
