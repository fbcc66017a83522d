using System.Runtime.ExceptionServices;

namespace Raid5Verify.Running;

/// <summary>Threads that take piece after piece of work, until there is none left or one of them cannot write a bundle.</summary>
internal static class Workers
{
    /// <summary>Returns when all pieces that were begun have ended.</summary>
    /// <param name="jobs">Threads.</param>
    /// <param name="work">Does one piece, on any of the threads, and says whether there was one.</param>
    /// <param name="cancellation">Begins no further piece.</param>
    /// <exception cref="IOException">A bundle cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A bundle may not be written.</exception>
    public static void Run(int jobs, Func<bool> work, CancellationToken cancellation)
    {
        Exception? thrown = null;
        Thread[] threads =
        [
            .. Enumerable.Range(0, jobs).Select(job => new Thread(Work) { Name = $"job {job}", IsBackground = true }),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }

        void Work()
        {
            try
            {
                bool goesOn = true;
                while (goesOn && !cancellation.IsCancellationRequested && Volatile.Read(ref thrown) is null)
                {
                    goesOn = work();
                }
            }
            catch (Exception stopped) when (stopped is IOException or UnauthorizedAccessException)
            {
                Interlocked.CompareExchange(ref thrown, stopped, null);
            }
        }
    }
}
