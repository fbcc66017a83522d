using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Keeps calls waiting, when it is told to. A read that waited brings what was there when it began.</summary>
internal sealed class HeldDevice(MemoryDevice device) : IBlockDevice
{
    private TaskCompletionSource? _held;

    public int BlockSize => device.BlockSize;

    public long BlockCount => device.BlockCount;

    public int MaxUncommittedBlocks => device.MaxUncommittedBlocks;

    /// <summary>Reads that begin here never wait.</summary>
    public Func<long, bool> IsSpared { get; init; } = static _ => false;

    /// <summary>Only reads wait.</summary>
    public bool HoldsOnlyReads { get; set; }

    /// <summary>Calls that wait.</summary>
    public int Held { get; private set; }

    public void Hold() => _held = new TaskCompletionSource();

    public void Release()
    {
        TaskCompletionSource held = _held!;
        _held = null;
        held.SetResult();
    }

    /// <summary>Releases the calls that wait, and keeps those that come after them.</summary>
    public void ReleaseOnce()
    {
        TaskCompletionSource held = _held!;
        Hold();
        held.SetResult();
    }

    /// <summary>Lets all others run until they wait.</summary>
    public async Task UntilQuietAsync()
    {
        for (int i = 0; i < 50; i++)
            await Task.Yield();
    }

    /// <summary>How often something waits for the device one call after the other, until <paramref name="operation"/> has ended.</summary>
    public async Task<int> CountRoundTripsAsync(Func<Task> operation)
    {
        Hold();
        Task running = operation();
        await UntilQuietAsync();
        int trips = 0;
        for (; !running.IsCompleted && Held > 0; trips++)
        {
            ReleaseOnce();
            await UntilQuietAsync();
        }

        Release();
        await running;
        return trips;
    }

    public async Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
    {
        Errno error = await device.ReadAsync(first, destination, cancellation);
        if (!IsSpared(first.Value))
            await PassAsync();
        return error;
    }

    public async Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
    {
        if (!HoldsOnlyReads)
            await PassAsync();
        return await device.WriteAsync(first, source, cancellation);
    }

    public async Task<Errno> CommitAsync(CancellationToken cancellation = default)
    {
        if (!HoldsOnlyReads)
            await PassAsync();
        return await device.CommitAsync(cancellation);
    }

    private async Task PassAsync()
    {
        if (_held is { } held)
        {
            Held++;
            await held.Task;
            Held--;
        }
    }
}
