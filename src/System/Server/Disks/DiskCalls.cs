using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>
/// The calls of one disk: each blocks a thread of the pool, not the executor that made it, and answers expected errors as
/// values. They are counted, so that the disk can be closed behind the last of them.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DiskCalls
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private bool _ending;

    /// <exception cref="ObjectDisposedException">The disk is closed.</exception>
    public Task<Errno> RunAsync(Func<Errno> call) => TrackAsync(() => Task.Run(() =>
    {
        try
        {
            return call();
        }
        catch (Exception thrown) when (LinuxErrors.Of(thrown) is { } error)
        {
            return error;
        }
    }));

    /// <exception cref="ObjectDisposedException">The disk is closed.</exception>
    public Task<Result<T>> RunAsync<T>(Func<Result<T>> call) => TrackAsync(() => Task.Run(() =>
    {
        try
        {
            return call();
        }
        catch (Exception thrown) when (LinuxErrors.Of(thrown) is { } error)
        {
            return error;
        }
    }));

    /// <summary>Counts a call that waits for nothing, so that its caller makes it.</summary>
    /// <exception cref="ObjectDisposedException">The disk is closed.</exception>
    public T RunAtOnce<T>(Func<T> call)
    {
        Begin();
        try
        {
            return call();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Counts a call that finds its thread itself.</summary>
    /// <exception cref="ObjectDisposedException">The disk is closed.</exception>
    public async Task<T> TrackAsync<T>(Func<Task<T>> call)
    {
        Begin();
        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Refuses calls from now on, and waits for those under way.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _ending = true;
            EndIfLast();
        }

        return _ended.Task;
    }

    private void Begin()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ending, typeof(FileDisk));
            _underWay++;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _underWay--;
            EndIfLast();
        }
    }

    private void EndIfLast()
    {
        if (_ending && _underWay == 0)
        {
            _ended.TrySetResult();
        }
    }
}
