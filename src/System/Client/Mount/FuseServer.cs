/*
 * Between /dev/fuse and the executor of a mounted file system:
 *
 *     threads that read requests, each by a descriptor of its own  →  the executor, which answers them  →  the same descriptor
 *
 * A small answer is written by the executor itself: to hand it to another thread would cost more than to write it. A large one, whose
 * bytes the kernel copies while who writes it waits, is written by the thread pool.
 *
 * The kernel decides how many requests there are at a time; none waits here for another one. It ends all of this by ENODEV, when the
 * mount is taken away.
 */

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Raid5Fs.Fuse;

namespace Raid5Fs.Client.Mount;

/// <summary>Serves a mount until it is taken away.</summary>
internal sealed class FuseServer
{
    /// <summary>Bytes of an answer that is small.</summary>
    private const int SmallAnswer = 64 << 10;

    private readonly FuseDispatcher _dispatcher;
    private readonly Func<Func<Task>, Task> _run;
    private readonly FuseTurns _turns;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Threads that read, and requests that are not answered.</summary>
    private int _underWay;

    private FuseServer(FuseDispatcher dispatcher, Func<Func<Task>, Task> run)
    {
        _dispatcher = dispatcher;
        _run = run;
        _turns = new FuseTurns(dispatcher.LongestRequest);
    }

    /// <summary>Serves.</summary>
    /// <param name="device">Of the mount; disposed by who opened it.</param>
    /// <param name="dispatcher">Answers.</param>
    /// <param name="run">Runs work on the executor of what is mounted; callable from any thread.</param>
    /// <param name="threads">That read requests, at least 1.</param>
    /// <returns>
    /// Ends when the mount is gone and every request that came is answered: nothing is asked of the file system from then on. Fails with
    /// what the file system threw, which is a bug.
    /// </returns>
    public static async Task ServeAsync(SafeFileHandle device, FuseDispatcher dispatcher, Func<Func<Task>, Task> run, int threads)
    {
        var server = new FuseServer(dispatcher, run) { _underWay = 1 };
        var clones = new List<SafeFileHandle>();
        for (int i = 0; i < threads; i++)
        {
            // A kernel that cannot clone it has one way for all.
            SafeFileHandle own = i == 0 ? device : MountCalls.OpenDevice();
            if (i > 0)
                clones.Add(own);
            if (own.IsInvalid || (i > 0 && !MountCalls.TryClone(own, device)))
                own = device;
            Interlocked.Increment(ref server._underWay);
            new Thread(() => server.Read(own)) { Name = $"fuse-{i}", IsBackground = true }.Start();
        }

        server.End();
        await server._ended.Task;
        clones.ForEach(static clone => clone.Dispose());
    }

    private void Read(SafeFileHandle device)
    {
        FuseTurn turn = _turns.Take();
        while (true)
        {
            nint length = MountCalls.Read(device, turn.Room);
            if (length < 0)
            {
                // ENOENT: who asked was interrupted before the request was read.
                if (Marshal.GetLastPInvokeError() is MountCalls.Interrupted or MountCalls.TryAgain or MountCalls.NoEntry)
                    continue;
                break;
            }

            turn.Device = device;
            turn.RequestLength = (int)length;
            FuseTurn read = turn;
            turn = _turns.Take();
            Interlocked.Increment(ref _underWay);
            _ = _run(() => AnswerAsync(read));
        }

        _turns.Return(turn);
        End();
    }

    private async Task AnswerAsync(FuseTurn turn)
    {
        try
        {
            turn.ReplyLength = await _dispatcher.AnswerAsync(turn.Request, turn.RentReply(_dispatcher.RoomFor(turn.Request.Span)));
        }
        catch (Exception thrown) when (_ended.TrySetException(thrown))
        {
            // Told to who awaits the end.
            turn.ReplyLength = 0;
        }

        if (turn.ReplyLength <= SmallAnswer)
            Write(turn);
        else
            ThreadPool.UnsafeQueueUserWorkItem(Write, turn, preferLocal: false);
    }

    /// <summary>What cannot be written is an answer to a mount that is gone.</summary>
    private void Write(FuseTurn turn)
    {
        if (turn.ReplyLength > 0)
        {
            while (MountCalls.Write(turn.Device!, turn.Reply) < 0 && Marshal.GetLastPInvokeError() == MountCalls.Interrupted)
            {
            }
        }

        _turns.Return(turn);
        End();
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _ended.TrySetResult();
    }
}
