namespace Raid5Verify.Cli.Verbs;

/// <summary>Long work on a thread of its own, while the verb's thread shows how far it is.</summary>
internal static class BackgroundWork
{
    /// <summary>
    /// Returns, or throws what <paramref name="show"/> threw, when the work has ended. What is shown may fail, as the disk behind the
    /// standard output is full, or nobody reads any more: then the work is told to stop.
    /// </summary>
    /// <param name="work">Ends early when <paramref name="stop"/> is cancelled.</param>
    /// <param name="stop">How the work is told to stop.</param>
    /// <param name="show">
    /// Shows how far it is, and returns when it has ended, which it is given a way to wait for: up to that long, and whether it has. Null
    /// to show nothing.
    /// </param>
    /// <returns>Why a file could not be written, in one line; null if all could.</returns>
    public static string? Run(Action work, CancellationTokenSource stop, Action<Func<TimeSpan, bool>>? show)
    {
        using var ended = new ManualResetEventSlim();
        string? refusal = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (OperationCanceledException)
            {
                // It was told to.
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                refusal = refused.Message;
            }

            ended.Set();
        });
        thread.Start();
        try
        {
            show?.Invoke(ended.Wait);
            ended.Wait();
        }
        finally
        {
            if (!ended.IsSet)
            {
                stop.Cancel();
            }

            thread.Join();
        }

        return refusal;
    }
}
