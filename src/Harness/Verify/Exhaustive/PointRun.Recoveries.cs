using System.IO.Hashing;
using System.Text;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <content>What comes after the story: clients that recover the array, and what goes wrong with that.</content>
internal sealed partial class PointRun
{
    /// <summary>The first acts of a recovery, at each of which it may be cut short: the last is the sending of decisions.</summary>
    private const int ActsOfRecovery = 20;

    private TaskCompletionSource _cutShort = new();
    private OnCrashPoint? _onReply;
    private ClogRule? _held;
    private Host? _isCut;
    private int _actsLeft;
    private bool _pauses;

    /// <summary>
    /// A member that was away, or was to be refilled, is there, and another one is not: those that are left may not know what
    /// was acknowledged. Nobody may guess; and when the other one is back, all is as if nobody had tried.
    /// </summary>
    private async Task RecoverWithAnotherAwayAsync(int member)
    {
        Host returned = _cluster.Servers[member];

        // Whom a late message came to is there: the next client hears what that one has made of it.
        Host other = _cluster.Servers.First(server =>
            server != returned && !(_fault.IsLateMessage && server == _cluster.Servers[_fault.Member]));
        bool wasAway = !returned.IsUp;
        bool wasBeyondBudget = _isBeyondBudget;
        other.Crash(CrashKind.Process);
        if (wasAway)
        {
            returned.Restart();
        }

        _isBeyondBudget = true;
        bool isOpen = await RecoverAsync("a client recovers the array, another member being away than before");
        _isBeyondBudget = wasBeyondBudget;
        _cluster.Client.Crash();
        other.Restart();
        if (wasAway && !isOpen)
        {
            returned.Crash(CrashKind.Power);
        }
    }

    /// <summary>
    /// A recovery without the last member is cut short; the next one has the last member, and not the first. What may have
    /// been served stays, and what was undone stays undone.
    /// </summary>
    private async Task RecoverInPartAsync()
    {
        bool isClient = Choose("who", 3) > 0;
        Arm(isClient ? _cluster.Client : _cluster.Servers[^2], Choose("act", ActsOfRecovery), pauses: false);
        await RecoverTwiceAsync(firstAway: _cluster.Servers[^1], thenAway: _cluster.Servers[0], isClient ? SoonBack : Patience);
    }

    /// <summary>
    /// A recovery without the first member is cut short when the last member has learnt of its decision; the next one has the
    /// first, and not the last. What was sent to the one between comes when the next has claimed it: it must not count.
    /// </summary>
    private async Task RecoverWithLateDecisionAsync()
    {
        Host between = _cluster.Servers[1];
        _held = _world.Network.Add(
            new ClogRule
            {
                From = _cluster.Client,
                To = between,
                Kind = PacketKind.Request,
                Method = BlockServerMethods.Record,
            },
            "late decision");
        _onReply = (in CrashPoint point) =>
        {
            if (point.Host == _cluster.Servers[^1] && BlockServerMethods.IsReply(in point, BlockServerMethods.Record))
            {
                _onReply = (in CrashPoint point) =>
                {
                    if (point.Host == between && BlockServerMethods.IsReply(in point, BlockServerMethods.Open))
                    {
                        Release();
                    }
                };
                _cluster.Client.Crash();
                _cutShort.SetResult();
            }
        };
        _cutShort = new TaskCompletionSource();

        // What the dead client had sent arrives: on the first member too.
        await Task.Delay(SoonBack, _world.Clock);
        await RecoverTwiceAsync(firstAway: _cluster.Servers[0], thenAway: _cluster.Servers[^1], SoonBack);
        _onReply = null;
        Release();
    }

    /// <summary>A decision that was held back arrives.</summary>
    private void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            _world.Network.Remove(held);
        }
    }

    /// <summary>A client recovers the array without one member, and may be cut short; the next does without another.</summary>
    /// <param name="firstAway">Away from the first.</param>
    /// <param name="thenAway">Away from the second.</param>
    /// <param name="pause">How long the first goes on, if it is not cut short itself.</param>
    private async Task RecoverTwiceAsync(Host firstAway, Host thenAway, TimeSpan pause)
    {
        firstAway.Crash(CrashKind.Process);
        _isBeyondBudget = true;
        Task recovery = RecoverAsync("a client recovers the array, and is cut short");
        await Task.WhenAny(recovery, _cutShort.Task);
        Disarm();

        // What was sent arrives; and a client that lives goes on with what it has.
        await Task.Delay(pause, _world.Clock);
        if (recovery.IsCompleted)
        {
            // It decided nothing that the next one could hear of late.
            Release();
            await recovery;
        }

        _cluster.Client.Crash();
        foreach (Host server in _cluster.Servers.Where(static server => !server.IsUp))
        {
            server.Restart();
        }

        thenAway.Crash(CrashKind.Process);
        await RecoverAsync("a client recovers the array after one that was cut short");
        _isBeyondBudget = false;
        _cluster.Client.Crash();
        thenAway.Restart();
    }

    /// <summary>A member that a client did without has missed nothing: the next can do without another.</summary>
    private async Task RecoverWithoutEachAsync()
    {
        foreach (Host away in _cluster.Servers.Take(2))
        {
            _cluster.Client.Crash();
            away.Crash(CrashKind.Process);
            await RecoverAsync($"a client recovers the array without {away.Name}");
            away.Restart();
        }
    }

    /// <summary>A client opens the array and reads all of it: one of the states that it may find.</summary>
    /// <returns>Whether it could be opened; where more is broken than can be survived it may not.</returns>
    private async Task<bool> RecoverAsync(string doing)
    {
        _doing = doing;
        _cluster.Client.Restart();
        if (!Tolerate(await _cluster.OnClientAsync("recover", _cluster.OpenAsync)))
        {
            return false;
        }

        _doing = $"{doing}, and reads all blocks";
        (int?[] values, bool[] isRead) = await ReadAllAsync();
        Require(_history.Recover(values, isRead));
        return true;
    }

    /// <summary>
    /// Two clients open the array: one stands still in the middle of it, the other recovers it, writes and commits; then the
    /// first goes on. Whichever owns the array in the end, what was acknowledged stays, and only one of them can commit.
    /// </summary>
    private async Task ContestAsync(Host slow, Host quick)
    {
        string pair = $"{slow.Name} opens the array and stands still, {quick.Name} opens it";
        _doing = pair;
        _cluster.Client.Restart();
        Arm(slow, Choose("act", ActsOfRecovery), pauses: true);
        Task<Result<Raid5Array>> opening = OpenAsync(slow);
        await Task.WhenAny(opening, _cutShort.Task);
        Disarm();
        Result<Raid5Array> taken = await OpenAsync(quick);
        if (taken.Error == Errno.ESTALE)
        {
            // What the other one had sent before it stood still claimed more members than this one.
            taken = await OpenAsync(quick);
        }

        Demand(taken.IsOk, Promise.NoLoss, "the array is open", taken.Error.ToString());
        (int?[] values, bool[] isRead) = await BlockCluster.OnAsync(quick, "read", () => ReadAllAsync(taken.Value));
        Require(_history.Recover(values, isRead));

        _doing = $"{pair}, writes and commits";
        Demand(await CommitOneAsync(quick, taken.Value), Promise.NoLoss, "committed", "it is not");

        _doing = $"{pair}, writes and commits, and the first goes on";
        slow.Resume();
        Result<Raid5Array> late = await opening;
        bool isSlowOwner = late.IsOk && await CommitOneAsync(slow, late.Value);
        bool isQuickOwner = await CommitOneAsync(quick, taken.Value);
        Demand(!(isSlowOwner && isQuickOwner), Promise.Fencing, "one of them can commit", "both can");
        Demand(isSlowOwner || isQuickOwner, Promise.NoLoss, "one of them can commit", "neither can");

        byte[] bytes = new byte[BlockCluster.BlockSize];
        Errno read = await BlockCluster.OnAsync(quick, "read", () => taken.Value.ReadAsync(new BlockAddress(0), bytes));
        Demand(read == Errno.OK || isSlowOwner, Promise.NoLoss, "OK", read.ToString());
        Require(read == Errno.OK ? _history.JudgeRead(0, ValueOf(0, bytes)) : null);
        slow.Crash();
        quick.Crash();
    }

    /// <summary>Writes a new value to one block and commits it.</summary>
    /// <returns>Whether both were acknowledged.</returns>
    private Task<bool> CommitOneAsync(Host host, Raid5Array array) => BlockCluster.OnAsync(host, "write and commit", async () =>
        await WriteAsync(array, 0, count: 1, ++_lastValue) == Errno.OK && await CommitAsync(array) == Errno.OK);

    private Task<Result<Raid5Array>> OpenAsync(Host host) => BlockCluster.OnAsync(host, "open", () => _cluster.OpenAsync(host));

    /// <summary>Chooses among so many, by the point's name: over all points it is each of them, and in no step with the others.</summary>
    private int Choose(string what, int among) =>
        (int)(XxHash3.HashToUInt64(Encoding.ASCII.GetBytes($"{what} {_point}")) % (ulong)among);

    /// <summary>A host dies, or stands still, after so many more acts.</summary>
    private void Arm(Host host, int acts, bool pauses)
    {
        _cutShort = new TaskCompletionSource();
        _isCut = host;
        _actsLeft = acts;
        _pauses = pauses;
    }

    private void Disarm() => _isCut = null;

    /// <returns>Whether the host of the point died now.</returns>
    private bool CutsShort(in CrashPoint point)
    {
        _onReply?.Invoke(in point);
        if (point.Host != _isCut || !IsActOfRecovery(in point) || _actsLeft-- > 0)
        {
            return false;
        }

        Disarm();
        _cutShort.SetResult();
        if (_pauses)
        {
            point.Host.Pause();
            return false;
        }

        point.Host.Crash(CrashKind.Process);
        return true;
    }

    private delegate void OnCrashPoint(in CrashPoint point);

    /// <summary>A client has sent something, or a member has done anything.</summary>
    private bool IsActOfRecovery(in CrashPoint point) =>
        point.Moment == CrashMoment.After && (point.Kind == CrashPointKind.Send || MemberOf(point.Host) is not null);
}
