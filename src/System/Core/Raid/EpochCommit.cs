using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Ends epochs: has the members seal the open one, all that it counts on, and with the last answer it is part of the
/// array's history.
/// </summary>
/// <remarks>
/// <code>
/// open --all of it acknowledged--> Prepare to every member of the mask --all sealed--> decided: the next epoch is open
///                                      |        ^
///                                      | lost   | the mask without it, one version higher: everyone is asked again;
///                                      v        | with one that was lost before, if it is back and there are too few else
///                                  N - 1 there? +
///                                      | no
///                                      v
///                          in doubt: the epoch stays sealed, is offered again when a member is back, and nothing is
///                          written until it is decided
/// </code>
/// <para>A commit waits for the writes under way and lets none begin meanwhile (<see cref="EnterAsync"/>). Members learn
/// of the decision a little later, or with the next epoch: it needs no round of its own, as the answers to the last
/// Prepare prove it to whoever asks all members.</para>
/// <para>A member that one version of the mask left out may be in a later one again, and may have sealed either; and one that is
/// ready only since the first version may be in a later one. Either holds all that came before, what it sealed is what it is to
/// seal, with another version and mask, and what it forgot is sent again and checked by its digest; and a recovery goes by the
/// highest version that it finds, and takes of a lower one only what no version changes, that its member holds the
/// contents.</para>
/// <para>Refill and heals write in the open epoch too. They are committed with the user's writes; where there are none,
/// by <see cref="RunAsync"/>, as an epoch that holds only such blocks is a state that the user has seen already.</para>
/// </remarks>
internal sealed class EpochCommit(
    Roster roster, RowTransfer transfer, ArrayOptions options, TimeProvider clock, ArrayTally tally, long rowsInEpoch)
{
    /// <summary>Times that a member is sent its part again, within one round.</summary>
    private const int Attempts = 3;

    private readonly SharedLock _gate = new();
    private readonly AsyncSignal _work = new();
    private readonly AsyncSignal _untold = new();
    private TaskCompletionSource _turned = new();
    private MemberSet _sealedMask;
    private uint _version;
    private Epoch _told;

    /// <summary>Rows of one member that the user may write in one epoch; the rest is for heals and refill.</summary>
    public long UserRows => rowsInEpoch - Reserve;

    /// <summary>Rows that heals and refill may write in one epoch, on a large array: an eighth.</summary>
    private long Reserve => rowsInEpoch / 8;

    /// <summary>
    /// Rows that a refill or a scrub works on at a time: where an epoch does not have room for all rows, no more than are kept
    /// free for them.
    /// </summary>
    public int BackgroundRows => IsRoomy ? options.BackgroundRows : Math.Min(options.BackgroundRows, BatchRows);

    private int BatchRows => (int)Math.Clamp(Reserve, 1, int.MaxValue);

    /// <summary>Enters the open epoch: it is not sealed before the result is disposed.</summary>
    public ValueTask<SharedLock.Share> EnterAsync() => _gate.EnterSharedAsync();

    /// <summary>Enters the open epoch if that needs no wait, for whoever holds row locks already.</summary>
    public bool TryEnter(out SharedLock.Share stay) => _gate.TryEnterShared(out stay);

    /// <summary>Waits until nothing is written, and keeps it so until the result is disposed.</summary>
    public ValueTask<SharedLock.Exclusive> StopWritesAsync() => _gate.EnterAsync();

    /// <summary>There may be something to commit that no user will.</summary>
    public void Wake() => _work.Set();

    /// <summary>
    /// Waits until the open epoch has room for more rows of heals or refill. Called outside of it.
    /// </summary>
    public async Task MakeRoomAsync(int rows, CancellationToken cancellation)
    {
        while (roster.Open.Rows > 0 && roster.Open.Rows + rows > BatchRows && !IsRoomy)
        {
            Task turned = _turned.Task;
            Wake();
            await turned.WaitAsync(cancellation);
        }
    }

    /// <summary>Commits what the user wrote, and all else in the epoch.</summary>
    /// <returns>
    /// EIO: too few members are there; it stays open whether the epoch is decided, and it is offered again.
    /// ESHUTDOWN: another client owns the array.
    /// </returns>
    public async Task<Errno> CommitAsync()
    {
        using SharedLock.Exclusive turn = await _gate.EnterAsync();
        Errno error = await CommitAloneAsync();
        if (roster.IsSealed)
        {
            Wake();
        }

        return error;
    }

    /// <summary>Commits heals and refilled rows, unless they must wait for the user's own commit.</summary>
    public async Task<Errno> CommitHealsAsync()
    {
        using SharedLock.Exclusive turn = await _gate.EnterAsync();
        bool isUsers = roster.Open.UserBlocks > 0 && !roster.IsSealed;
        return isUsers ? Errno.OK : await CommitAloneAsync();
    }

    /// <summary>Runs until it is told to stop: commits what no user commits, and tells members what was decided.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration wake = stop.Register(() =>
        {
            _work.Set();
            _untold.Set();
        });
        await Task.WhenAll(CommitWhenWokenAsync(stop), TellAsync(stop));
    }

    /// <summary>Tells the members of the last decision now.</summary>
    public async Task TellAllAsync(CancellationToken cancellation)
    {
        Epoch decided = roster.View.Decided;
        if (_told != decided && decided != Epoch.None && !roster.IsFenced)
        {
            _told = decided;
            await Task.WhenAll(roster.Members
                .Where(member => member.IsReachable)
                .Select(member => member.Client.CommitAsync(decided, cancellation).AsTask()));
        }
    }

    /// <summary>A recovery's decision may be pending on members.</summary>
    public void TellSoon() => _untold.Set();

    private bool IsRoomy => rowsInEpoch == roster.Members[0].Client.Expected!.Rows;

    private async Task CommitWhenWokenAsync(CancellationToken stop)
    {
        TimeSpan pause = options.CommitDelay;
        while (!stop.IsCancellationRequested)
        {
            await _work.WaitAsync();
            try
            {
                await Task.Delay(pause, clock, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Errno error = await CommitHealsAsync();
            pause = error == Errno.OK ? options.CommitDelay : options.MaxProbeDelay;
            if (error != Errno.OK && !roster.IsFenced)
            {
                _work.Set();
            }
        }
    }

    private async Task TellAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _untold.WaitAsync();
            try
            {
                await Task.Delay(options.CommitDelay, clock, stop);
                await TellAllAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<Errno> CommitAloneAsync()
    {
        if (roster.IsFenced)
        {
            return Errno.ESHUTDOWN;
        }

        if (!roster.IsSealed)
        {
            if (roster.Open.IsEmpty && roster.Eligible == roster.Counted)
            {
                return Errno.OK;
            }

            _sealedMask = roster.Eligible;
            _version = 0;
            roster.IsSealed = true;
        }

        MemberSet retaken = MemberSet.None;
        while (true)
        {
            if (!_sealedMask.IsSubsetOf(roster.Eligible))
            {
                // One that was to be counted on was lost since, and has forgotten what it took of this epoch, or will when it
                // joins: it is not asked to seal the rest, which would pass for all.
                _sealedMask = roster.Eligible;
                _version++;
            }

            MemberSet lost = await PrepareAllAsync(new SealedEpoch(new Stamp(roster.Open.Epoch, _version), _sealedMask));
            if (roster.IsFenced)
            {
                return Errno.ESHUTDOWN;
            }

            if (lost.IsEmpty)
            {
                if (IsSealedByPresentLives())
                {
                    break;
                }

                continue;
            }

            MemberSet rest = _sealedMask - lost;
            if (rest.Count < roster.Quorum)
            {
                // One that an earlier version left out may be back; but each once only, or two that flap would go on for ever.
                MemberSet back = (roster.Eligible & roster.Reachable) - _sealedMask - retaken;
                retaken |= back;
                rest |= back;
            }

            if (rest.Count < roster.Quorum)
            {
                tally.CommitsInDoubt++;
                return Errno.EIO;
            }

            _sealedMask = rest;
            _version++;
        }

        roster.Decide(_sealedMask, _version);
        tally.Commits++;
        if (roster.Eligible != roster.Counted)
        {
            // One that was ready too late for this epoch is counted on from the next, even if no user writes again.
            Wake();
        }

        TaskCompletionSource turned = _turned;
        _turned = new TaskCompletionSource();
        turned.SetResult();
        _untold.Set();
        return Errno.OK;
    }

    /// <summary>
    /// Whether all of the mask have sealed it in the life that calls go to now. One that was started anew since may have
    /// forgotten it, and its new life is asked again.
    /// </summary>
    private bool IsSealedByPresentLives() => Array.TrueForAll(
        roster.Members,
        member => !_sealedMask.Contains(member.Index) || member.Client.SealedBy == member.Client.BootId);

    /// <summary>Asks every member that the epoch concerns to seal it.</summary>
    /// <returns>Members of the mask that did not.</returns>
    private async Task<MemberSet> PrepareAllAsync(SealedEpoch epoch)
    {
        // One that is being refilled is asked too, so that what it took of this epoch is committed with it.
        Member[] asked =
        [
            .. roster.Members.Where(member =>
                epoch.Mask.Contains(member.Index) || (member.IsReachable && roster.Open.RowsOn(member.Index) > 0)),
        ];
        bool[] sealedThere = await Task.WhenAll(asked.Select(member => PrepareAsync(member, epoch)));

        // One that was to be counted on and was lost meanwhile does not keep what it sealed.
        MemberSet lost = epoch.Mask - roster.Eligible;
        for (int i = 0; i < asked.Length; i++)
        {
            if (sealedThere[i])
            {
                continue;
            }

            lost = epoch.Mask.Contains(asked[i].Index) ? lost.With(asked[i].Index) : lost;
            if (!asked[i].IsCounted)
            {
                // It misses this epoch, so nothing of it is current any more: it joins again.
                roster.Lose(asked[i]);
            }
        }

        return lost;
    }

    private async Task<bool> PrepareAsync(Member member, SealedEpoch epoch)
    {
        for (int attempt = 0; attempt < Attempts && member.IsReachable; attempt++)
        {
            // Lost meanwhile, a member that is not counted on has no part in this epoch any more: to seal none would pass for all.
            if (!await transfer.ResendAsync(member) || !member.IsReachable)
            {
                return false;
            }

            CallOutcome outcome = await member.Client.PrepareAsync(
                epoch, roster.View.Decided, roster.Open.DigestOf(member.Index));
            switch (outcome)
            {
                case CallOutcome.Done:
                    return true;
                case CallOutcome.Lost:
                    return false;
                case CallOutcome.Mismatch:
                    roster.Open.Doubt(member.Index);
                    break;
            }
        }

        return false;
    }
}
