/*
 * The frame around every operation: when it may run, and how long it keeps others from running.
 *
 * Nobody waits for the device with anything in hand. An operation is first attempted: it runs from its beginning to its end, without
 * an await, on the blocks that are in memory. Nothing else runs meanwhile, so it is atomic, and needs only that nobody is in the
 * middle of something. If a block is missing, what it has changed is taken back, its answer is thrown away, and the missing blocks are
 * fetched, all at once, while others go on. Then it is attempted again, and sees things as they are by then:
 *
 *     attempt → all was there: done
 *        ↑  ↘ something was missing → fetch it, holding nothing ─┐
 *        └───────────────────────────────────────────────────────┘
 *                     too often, too much, or refused → run it holding the locks across its waits: done
 *
 * The last way makes sure that everything ends: others may have blocks evicted or moved again and again, and some operations
 * commit half-way.
 */

using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Runs operations so that each takes effect at one moment.</summary>
/// <param name="volume">What they work on.</param>
/// <param name="committer">Commits before a change that might not have room.</param>
/// <param name="turns">Keeps them apart where they wait.</param>
/// <param name="clock">Says when they happen.</param>
internal sealed class OperationFrame(Volume volume, Committer committer, OperationLock turns, TimeProvider clock)
{
    /// <summary>Shared by the operations under way, whatever they do.</summary>
    private readonly SharedLock _calls = new();

    /// <summary>Runs an operation that changes nothing.</summary>
    public async Task<T> ObserveAsync<T>(Func<ValueTask<T>> operation)
    {
        using SharedLock.Share call = Enter();
        Shortage? shortage = null;
        while (true)
        {
            bool isAttempt = shortage is not { IsFinal: true };
            using (await (isAttempt ? turns.GlanceAsync() : turns.LookAsync()))
            {
                volume.Cache.ReleaseUnchanged();
                T answer = await RunAsync(operation, isAttempt, shortage);
                shortage = volume.Cache.EndAttempt();
                if (shortage is null)
                    return answer;
            }

            await shortage.FetchAsync();
        }
    }

    /// <summary>Runs an operation as a step, which is kept if it answers OK.</summary>
    public Task<Errno> ChangeAsync(Func<ValueTask<Errno>> operation) => ChangeAsync(operation, static error => error);

    /// <summary>Runs an operation as a step, which is kept if it answers a value.</summary>
    public Task<Result<T>> ChangeAsync<T>(Func<ValueTask<Result<T>>> operation) =>
        ChangeAsync(operation, static result => result.Error);

    /// <summary>Runs an operation as a step. The caller is the only one: it mounts or unmounts.</summary>
    public async ValueTask<Errno> ChangeAloneAsync(Func<ValueTask<Errno>> operation)
    {
        using (await turns.TakeTurnAsync())
        {
            await MakeRoomAsync();
            Begin();
            Errno error = await operation();
            End(error);
            return error;
        }
    }

    /// <summary>Commits all changes, if a look says OK.</summary>
    public async Task<Errno> CommitAsync(Func<ValueTask<Errno>> look)
    {
        using SharedLock.Share call = Enter();
        Errno error = await ObserveAsync(look);
        if (error != Errno.OK)
            return error;
        using (await turns.TakeTurnAsync())
            return await committer.CommitAsync();
    }

    /// <summary>Waits until no operation is under way. From then on a call is a bug.</summary>
    public async Task EndAsync() => await _calls.EnterAsync();

    private async Task<TAnswer> ChangeAsync<TAnswer>(Func<ValueTask<TAnswer>> operation, Func<TAnswer, Errno> errorOf)
    {
        using SharedLock.Share call = Enter();
        Shortage? shortage = null;
        while (true)
        {
            using (await turns.TakeTurnAsync())
            {
                await MakeRoomAsync();
                using (await turns.BeAloneAsync())
                {
                    Begin();
                    TAnswer answer = await RunAsync(operation, shortage is not { IsFinal: true }, shortage);
                    shortage = volume.Cache.EndAttempt();
                    if (shortage is null)
                    {
                        End(errorOf(answer));
                        return answer;
                    }

                    volume.Rollback();
                }
            }

            await shortage.FetchAsync();
        }
    }

    private SharedLock.Share Enter()
    {
        bool isMounted = _calls.TryEnterShared(out SharedLock.Share call);
        Invariant.Require(isMounted, "operations come before the unmount");
        return call;
    }

    private ValueTask<T> RunAsync<T>(Func<ValueTask<T>> operation, bool isAttempt, Shortage? shortage)
    {
        if (!isAttempt)
            return operation();
        volume.Cache.BeginAttempt(shortage);
        ValueTask<T> running = operation();
        Invariant.Require(running.IsCompleted, "an attempt waits for nothing");
        return running;
    }

    private ValueTask MakeRoomAsync() => committer.MakeRoomAsync(volume.Layout.LargestOperation);

    private void Begin() => volume.Begin(Timestamp.Now(clock));

    private void End(Errno error)
    {
        if (error == Errno.OK)
            volume.Accept();
        else
            volume.Rollback();
        committer.NoteChange();
    }
}
