using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>
/// The flushes of one file, made one after the other. Calls that come while one runs share the next: what was written
/// during the running one may have missed it, and one more covers them all.
/// </summary>
/// <remarks>
/// <para>Once a flush has failed, all later ones fail with the same error. The kernel reports a failed write-back once, may
/// then take the pages for clean, and says yes to the next <c>fsync</c> although their content never reached the
/// disk. Only a process that opens the files anew, and verifies what it reads, can trust them again.</para>
/// <para>Thread-safe.</para>
/// </remarks>
/// <param name="flush">Blocks until durable; run on a thread of the pool.</param>
internal sealed class SharedFlush(Func<Errno> flush)
{
    private readonly Lock _gate = new();
    private Task<Errno>? _running;
    private Task<Errno>? _next;
    private Errno _failure;

    /// <summary>Makes durable what was written before this call.</summary>
    public Task<Errno> FlushAsync()
    {
        lock (_gate)
        {
            if (_next is null && _running is null or { IsCompleted: true })
            {
                return _running = Task.Run(Flush);
            }

            return _next ??= FlushAfterAsync(_running!);
        }
    }

    private async Task<Errno> FlushAfterAsync(Task earlier)
    {
        // Always yields, so that the caller has noted this task as the next when it goes on.
        await earlier.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _running = _next;
            _next = null;
        }

        return await Task.Run(Flush).ConfigureAwait(false);
    }

    private Errno Flush()
    {
        if (_failure == Errno.OK)
        {
            _failure = flush();
        }

        return _failure;
    }
}
