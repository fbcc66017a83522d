using System.Net.Security;
using Raid5Fs.BlockDevice;
using Raid5Fs.Execution;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Connection;

/*
 * How a client program holds an array:
 *
 *   ServerChannels    the ways to the servers: enough to look at them (Inspect)
 *   ArraySession      the array opened over them, which fences whoever owned it before; one SerialExecutor runs all of its Core
 *   MountedVolume     the file system of that array
 *
 * Each is closed by its DisposeAsync, the inner one first. What is to be done with array or files is handed to RunAsync from any
 * thread: nothing else may touch them.
 */

/// <summary>The channels to the servers of an array.</summary>
internal sealed class ServerChannels : IDisposable
{
    private ServerChannels(IReadOnlyList<MemberChannel> members) => Members = members;

    /// <summary>In the order of their places.</summary>
    public IReadOnlyList<MemberChannel> Members { get; }

    /// <summary>Makes the channels; nothing is connected before it is needed.</summary>
    /// <returns>Null, and what is wrong with a TLS file.</returns>
    public static ServerChannels? Open(ClientOptions options, out string? complaint)
    {
        complaint = null;
        SslClientAuthenticationOptions? tls = options.Tls?.Read(out complaint);
        return complaint is not null
            ? null
            : new ServerChannels(
                [.. options.Servers.Select(server => new MemberChannel(server, options.ConnectionsPerServer, tls))]);
    }

    public void Dispose()
    {
        foreach (MemberChannel member in Members)
        {
            member.Dispose();
        }
    }
}

/// <summary>An array that this program owns.</summary>
/// <remarks>Thread-safe, but for the disposal, which comes last.</remarks>
internal sealed class ArraySession : IAsyncDisposable
{
    private readonly SerialExecutor _executor;

    private ArraySession(ClientOptions options, ServerChannels channels, SerialExecutor executor, Raid5Array array)
    {
        Options = options;
        Channels = channels;
        _executor = executor;
        Array = array;
    }

    public ClientOptions Options { get; }

    /// <summary>Not disposed with the session.</summary>
    public ServerChannels Channels { get; }

    /// <summary>To be used by <see cref="RunAsync{T}"/> only.</summary>
    public Raid5Array Array { get; }

    /// <summary>Opens the array, which fences whoever owned it: errors as of <see cref="Raid5Array.OpenAsync"/>.</summary>
    public static async Task<Result<ArraySession>> OpenAsync(
        ClientOptions options, ServerChannels channels, IArrayObserver? observer = null)
    {
        var executor = new SerialExecutor("raid5fs");
        Random dice = options.ClientId is { } client ? new NamedClientDice(client) : new Random();
        Result<Raid5Array> array = await executor.RunAsync(() => Raid5Array.OpenAsync(
            channels.Members, options.ToArrayOptions(), TimeProvider.System, dice, observer));
        if (array.IsOk)
        {
            return new ArraySession(options, channels, executor, array.Value);
        }

        await executor.DisposeAsync();
        return array.Error;
    }

    /// <summary>Runs work on the executor that the array belongs to; callable from any thread but that one.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => _executor.RunAsync(work);

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> work) => _executor.RunAsync(work);

    /// <summary>The array as it is now.</summary>
    public Task<ArrayStatus> GetStatusAsync() => _executor.RunAsync(() => Task.FromResult(Array.Status));

    /// <summary>Closes the array. What is not committed is undone by whoever opens it next.</summary>
    public async ValueTask DisposeAsync()
    {
        await _executor.RunAsync(async () => await Array.DisposeAsync());
        await _executor.DisposeAsync();
    }
}

/// <summary>A file system mounted on an array that this program owns.</summary>
/// <remarks>Thread-safe, but for the disposal, which comes last.</remarks>
internal sealed class MountedVolume : IAsyncDisposable
{
    private bool _isMounted = true;

    private MountedVolume(ArraySession session, UnixFileSystem files)
    {
        Session = session;
        Files = files;
    }

    /// <summary>Not disposed with the volume.</summary>
    public ArraySession Session { get; }

    /// <summary>To be used by <see cref="RunAsync{T}"/> only.</summary>
    public UnixFileSystem Files { get; }

    /// <summary>Mounts: errors as of <see cref="UnixFileSystem.MountAsync"/>; EINVAL: there is no file system.</summary>
    /// <param name="session">The array.</param>
    /// <param name="device">Stands before the array, and hands on what it is asked; null for the array itself.</param>
    public static async Task<Result<MountedVolume>> MountAsync(ArraySession session, IBlockDevice? device = null)
    {
        MountOptions options = session.Options.ToMountOptions(session.Array.BlockSize, session.Array.BlockCount);
        Result<UnixFileSystem> files = await session.RunAsync(
            () => UnixFileSystem.MountAsync(device ?? session.Array, options, TimeProvider.System));
        return files.IsOk ? new MountedVolume(session, files.Value) : files.Error;
    }

    /// <inheritdoc cref="ArraySession.RunAsync{T}"/>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => Session.RunAsync(work);

    /// <summary>Commits and unmounts: EIO, EROFS, and what was not committed is lost. No call to <see cref="Files"/> comes after it.</summary>
    public Task<Errno> UnmountAsync()
    {
        _isMounted = false;
        return Session.RunAsync(Files.UnmountAsync);
    }

    /// <summary>Unmounts, if nobody has: who wants to know whether that went well calls <see cref="UnmountAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await UnmountAsync();
        }
    }
}
