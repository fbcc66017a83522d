using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Oracle;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/*
 * One run: a client takes over an array full of known values, whose last commit is not told yet; the story, with a fault
 * laid in it; at one crash point of one host that host dies.
 *
 *   the client died:  another one takes over. (With a fault that only a start shows, its member lost power with it.)
 *   a member died:    it comes back; the client finishes the story, reads all blocks, and dies. Or the client dies with the
 *                     answer of the last operation, and the member comes back then.
 *
 * Then, whoever died: a client recovers the array and reads all of it; waits for the members; scrubs twice; the rows must
 * XOR to zero; it dies, and one more recovers the array and reads all of it.
 *
 * Where no disk fails, recoveries go wrong too. Before the one that must succeed:
 *
 *   a member was away:     one recovers with that member, and without another one.
 *   the client died alone: one of these, drawn by the point's name.
 *                          - One recovers without the last member, and in the middle of it dies, or another member does; the
 *                            next has the last member, and not the first.
 *                          - The other way round, and what the first one told a member of its decision comes when that member
 *                            has been claimed by the next.
 *                          - Two open the array at once: one stands still in the middle of it until the other has recovered
 *                            it, written and committed. The dead one was the one, or else the other.
 *
 * Who recovers without a member may fail there, and may not be wrong. At the end of one in four points at which the client
 * died alone two more do without one member each, and must succeed: nothing was written, so it need not be the same one.
 */

/// <summary>Runs a story once: to observe its crash points, or with a crash at one of them.</summary>
internal sealed partial class PointRun : ICrashPoints
{
    /// <summary>After the last operation, until nothing of it is left to do.</summary>
    private static readonly TimeSpan Tail = TimeSpan.FromMilliseconds(3);

    /// <summary>A member that comes back soon does so after this.</summary>
    private static readonly TimeSpan SoonBack = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    /// <summary>Until the members are in sync, at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BlockStory _story;
    private readonly PlannedFault _fault;
    private readonly ExhaustivePoint? _point;
    private readonly World _world;
    private readonly BlockCluster _cluster;
    private readonly BlockHistory _history;
    private readonly List<ObservedPoint> _observed = [];
    private readonly int[] _reached;
    private readonly TaskCompletionSource _struck = new();
    private readonly TaskCompletionSource _lastWord = new();
    private WriteFault? _writeFault;
    private FlushLie? _lie;
    private FailingCalls? _failing;
    private LateMessage? _lateMessage;
    private bool _observes;
    private bool _isBeyondBudget;
    private bool _isAnswered;
    private bool _storyEnded;
    private int _operation;
    private int _lastValue;
    private string _doing = "the opening of the array";

    private PointRun(BlockDisks disks, BlockStory story, PlannedFault fault, ExhaustivePoint? point, ITraceSink? trace)
    {
        _story = story;
        _fault = fault;
        _point = point;
        _world = new World(BlockCluster.WorldOptions with { CrashPoints = this, TraceSink = trace });
        _cluster = new BlockCluster(_world, disks) { MayReplace = MayReplace };
        _history = new BlockHistory(_cluster.Blocks, BlockDisks.FirstValue);
        _reached = new int[_world.Hosts.Count];
        _lastValue = BlockDisks.FirstValue + story.Operations.Count;
    }

    /// <summary>Runs a story to its end without a crash, and says which points it passes.</summary>
    /// <param name="disks">To begin with.</param>
    /// <param name="story">What is done.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="points">Those that the hosts reach, in order.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    public static PointResult Observe(
        BlockDisks disks, BlockStory story, PlannedFault fault, out IReadOnlyList<ObservedPoint> points, Watchdog? watchdog = null)
    {
        var run = new PointRun(disks, story, fault, point: null, trace: null);
        using IDisposable? watch = watchdog?.Observe(run._world, $"the story {story} with the fault {fault}, without a crash");
        points = run._observed;
        return run.Run();
    }

    /// <summary>Runs a point.</summary>
    /// <param name="disks">As the point asks for.</param>
    /// <param name="point">Which.</param>
    /// <param name="trace">Sees every event; null for none.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    public static PointResult Run(
        BlockDisks disks, ExhaustivePoint point, ITraceSink? trace = null, Watchdog? watchdog = null)
    {
        var run = new PointRun(disks, point.Story, point.Fault, point, trace);
        using IDisposable? watch = watchdog?.Observe(run._world, $"point {point}");
        return run.Run();
    }

    /// <inheritdoc/>
    public void At(in CrashPoint point)
    {
        _lateMessage?.Note(in point);
        if (CutsShort(in point))
        {
            return;
        }

        if (!_observes || point.Host == _world.Harness)
        {
            return;
        }

        int ordinal = _reached[point.Host.Index]++;
        int? member = MemberOf(point.Host);
        if (_point is null)
        {
            _observed.Add(new ObservedPoint(
                member,
                ordinal,
                point.Moment,
                point.Kind,
                point.What.Text == "slots",
                _operation,
                member is not null && HasUnflushed(point.Host.Disk),
                HasMet,
                _isAnswered));
        }
        else if (member == _point.Host && ordinal == _point.Ordinal)
        {
            Strike();
        }
    }

    /// <summary>The late message is on its way again, or the disk has failed a call.</summary>
    private bool HasMet => _lateMessage is { HasCome: true }
        || (_fault.IsError && _cluster.Servers[_fault.Member].Disk is { FailedWrites: > 0 } or { FailedFlushes: > 0 } or { FullCalls: > 0 });

    private static bool HasUnflushed(SimDisk disk) =>
        disk.HasUnflushedNames || disk.Files.Any(static file => file.Key != "slots" && file.Value.HasUnflushed);

    private PointResult Run()
    {
        Violation? violation = null;
        HarnessFailure? failure = null;
        try
        {
            _world.Run(RunAsync);
        }
        catch (ViolationException broken)
        {
            violation = broken.Violation;
        }
        catch (SimulationException thrown) when (thrown.InnerException is ViolationException broken)
        {
            violation = broken.Violation;
        }
        catch (SimulationException thrown) when (thrown.Failure == SimulationFailure.UnhandledException)
        {
            violation = new Violation(Promise.Soundness, _doing, "no exception", $"{thrown.InnerException ?? thrown}", _operation);
        }
        catch (SimulationException thrown)
        {
            failure = new HarnessFailure(thrown.Failure.ToString(), $"{_doing}: {thrown.Message}\n{thrown.InnerException}".TrimEnd());
        }

        if (_point?.Ordinal is not null && violation is null && failure is null && !_struck.Task.IsCompleted)
        {
            failure = new HarnessFailure("Unreached", $"the crash point {_point} was never reached");
        }

        return new PointResult
        {
            Violation = violation,
            Failure = failure,
            IsBeyondBudget = _isBeyondBudget,
            Hash = _world.Trace.Hash,
            Steps = _world.Steps,
            VirtualTime = _world.Now,
        };
    }

    private async Task RunAsync()
    {
        _cluster.Start();
        Errno opened = await _cluster.OnClientAsync("open", _cluster.OpenAsync);
        Demand(opened == Errno.OK, Promise.NoLoss, "OK", opened.ToString());
        _observes = true;
        Task story = _cluster.OnClientAsync("story", TellStoryAsync);
        await Task.WhenAny(story, _struck.Task);
        if (_point is null)
        {
            return;
        }

        if (_point.Return == MemberReturn.AfterTheClient)
        {
            await _lastWord.Task;
            _cluster.Client.Crash();
        }
        else if (_cluster.Client.IsUp)
        {
            Task back = _point.Host is { } member && _struck.Task.IsCompleted ? BringBackAsync(member) : Task.CompletedTask;
            await story;
            await back;
            _doing = "the members come back";
            bool isSettled = await IsSettledAsync(_world.Clock);
            Demand(isSettled, Promise.Convergence, "no row is stale on any member", DescribeMembers());
            _doing = "the client reads all blocks";
            (int?[] values, bool[] isRead) = await ReadAllAsync();
            for (int block = 0; block < values.Length; block++)
            {
                Require(isRead[block] ? _history.JudgeRead(block, values[block]) : null);
            }

            _cluster.Client.Crash();
        }
        else if (_fault.NeedsRestart)
        {
            _cluster.Servers[_fault.Member].Restart();
        }

        bool goesOn = !_fault.IsOfDisk && _point.Host is null;
        if (_point.Return == MemberReturn.AfterTheClient)
        {
            await RecoverWithAnotherAwayAsync(_point.Host!.Value);
        }
        else if (goesOn && _point.Ordinal is not null)
        {
            await (IsRefilling ? RecoverWithAnotherAwayAsync(0) : Choose("recovery", 6) switch
            {
                0 => RecoverWithLateDecisionAsync(),
                1 => ContestAsync(slow: _cluster.Rival, quick: _cluster.Client),
                2 => ContestAsync(slow: _cluster.Client, quick: _cluster.Rival),
                _ => RecoverInPartAsync(),
            });
        }

        if (!await RecoverAsync("a client recovers the array"))
        {
            return;
        }

        // A member that the story had taken away when the client died.
        foreach (Host server in _cluster.Servers.Where(static server => !server.IsUp))
        {
            server.Restart();
        }

        _doing = "the members come into sync";
        await WaitAsync(() => _cluster.IsInSync, _world.Clock);
        Demand(_cluster.IsInSync, Promise.Convergence, "all members in sync", DescribeMembers());
        await ScrubAsync();
        _cluster.Client.Crash();
        await RecoverAsync("one more client recovers the array");
        if (goesOn && Choose("end", 4) == 0)
        {
            await RecoverWithoutEachAsync();
        }
    }

    private async Task ScrubAsync()
    {
        _doing = "a scrub";
        Judge(await _cluster.OnClientAsync("scrub", () => _cluster.Array.ScrubAsync()), mayMend: _fault.IsOfDisk);
        _doing = "a second scrub";
        Judge(await _cluster.OnClientAsync("scrub", () => _cluster.Array.ScrubAsync()), mayMend: false);
        if (!_isBeyondBudget)
        {
            CheckParity();
        }
    }

    private void Judge(ScrubReport report, bool mayMend)
    {
        foreach (ScrubFinding finding in report.Findings)
        {
            bool isWrong = finding.Kind == ScrubFindingKind.Inconsistent;
            bool isTolerated = _isBeyondBudget
                || (mayMend && finding.Kind == ScrubFindingKind.Healed)
                || (finding.Kind == ScrubFindingKind.NotHealed && IsOfCrashed(finding));
            if (isWrong || !isTolerated)
            {
                throw Violate(
                    mayMend ? Promise.NoAmplification : Promise.Convergence,
                    mayMend ? "nothing that cannot be mended" : "nothing found",
                    finding.ToString());
            }
        }
    }

    /// <summary>In the story a member may die while it is healed.</summary>
    private bool IsOfCrashed(ScrubFinding finding) =>
        !_storyEnded && _struck.Task.IsCompleted && finding.Members.All(member => member.Value == _point!.Host);

    /// <summary>Every row, straight from the disks: all of it can be read, and the newest content of all members XORs to zero.</summary>
    private void CheckParity()
    {
        _doing = "parity of every row, read from the disks";
        for (int row = 0; row < _cluster.Rows; row++)
        {
            string? damage = _cluster.FindDamage(row);
            Demand(
                damage is null, Promise.Convergence, "after a scrub all is read, and every row XORs to zero", damage ?? string.Empty);
        }
    }

    /// <summary>The client reads the device.</summary>
    private Task<(int?[] Values, bool[] IsRead)> ReadAllAsync() =>
        _cluster.OnClientAsync("read", () => ReadAllAsync(_cluster.Array));

    /// <summary>Reads the device: as a whole, and where that fails and may, block by block.</summary>
    private async Task<(int?[] Values, bool[] IsRead)> ReadAllAsync(Raid5Array array)
    {
        int size = BlockCluster.BlockSize;
        byte[] bytes = new byte[_cluster.Blocks * size];
        bool[] isRead = new bool[_cluster.Blocks];
        bool all = Tolerate(await array.ReadAsync(new BlockAddress(0), bytes));
        Array.Fill(isRead, all);
        for (int block = 0; block < isRead.Length && !all; block++)
        {
            isRead[block] = await array.ReadAsync(new BlockAddress(block), bytes.AsMemory(block * size, size)) == Errno.OK;
        }

        return ([.. isRead.Select((read, block) => read ? ValueOf(block, bytes.AsSpan(block * size, size)) : null)], isRead);
    }

    private async Task<bool> IsSettledAsync(TimeProvider clock)
    {
        await WaitAsync(() => _cluster.IsSettled, clock);
        return _cluster.IsSettled;
    }

    private async Task WaitAsync(Func<bool> condition, TimeProvider clock)
    {
        TimeSpan patience = _isBeyondBudget ? Patience / 10 : Patience;
        for (TimeSpan waited = TimeSpan.Zero; !condition() && waited < patience; waited += Poll)
        {
            await Task.Delay(Poll, clock);
        }
    }

    private string DescribeMembers() => string.Join("; ", _cluster.Array.Status.Members
        .Where(static member => member.State != MemberState.InSync)
        .Select(static member => $"{member.Member} is {member.State}, {member.StaleRows} stale rows {member.Refusal}".TrimEnd()));

    private async Task BringBackAsync(int member)
    {
        Host host = _cluster.Servers[member];
        await Task.Delay(SoonBack, _world.Clock);
        if (_point!.Return == MemberReturn.WhenMissed)
        {
            await WaitAsync(
                () => _storyEnded || host.IsUp || _cluster.StateOf(member) != MemberState.InSync, _world.Clock);
        }

        if (!host.IsUp)
        {
            host.Restart();
        }
    }

    /// <summary>A member cannot be served as its disk is.</summary>
    private bool MayReplace(int server, StoreFault fault)
    {
        bool isItsFault = _fault.IsOfDisk && _fault.Member == server;
        bool isCost = isItsFault && _fault.MayCostTheMember;
        bool isPassing = isItsFault && _fault.IsError && fault == StoreFault.Unreadable;
        return isCost || isPassing ? isCost : throw Violate(
            Promise.NoLoss, "a member that can be served after its crash", $"server {server}: {fault}");
    }

    /// <returns>Null for bytes that nobody wrote there.</returns>
    private int? ValueOf(int block, ReadOnlySpan<byte> bytes)
    {
        Span<byte> known = stackalloc byte[BlockCluster.BlockSize];
        for (int value = BlockDisks.FirstValue; value <= _lastValue; value++)
        {
            BlockDisks.Fill(block, value, known);
            if (known.SequenceEqual(bytes))
            {
                return value;
            }
        }

        return null;
    }

    private int? MemberOf(Host host)
    {
        int index = host.Index - _cluster.Servers[0].Index;
        return index < _cluster.Servers.Count ? index : null;
    }

    /// <summary>Whether it succeeded; an error where it must succeed breaks a promise.</summary>
    private bool Tolerate(Errno error)
    {
        if (error != Errno.OK && !_isBeyondBudget)
        {
            string members = _cluster.Array is null ? string.Empty : DescribeMembers();
            throw Violate(
                Promise.NoLoss,
                Errno.OK.ToString(),
                members.Length == 0 ? $"{error}" : $"{error}; as the client that was the last to open it has it: {members}");
        }

        return error == Errno.OK;
    }

    private void Require(Misread? misread)
    {
        if (misread is not null)
        {
            throw Violate(misread.Promise, $"block {misread.Block}: {misread.Expected}", misread.Actual);
        }
    }

    private void Demand(bool holds, Promise promise, string expected, string actual)
    {
        if (!holds && !_isBeyondBudget)
        {
            throw Violate(promise, expected, actual);
        }
    }

    private ViolationException Violate(Promise promise, string expected, string actual) =>
        new(new Violation(promise, _doing, expected, actual, _operation));
}

/// <summary>A crash point that a story passes.</summary>
/// <param name="Host">The member; null for the client.</param>
/// <param name="Ordinal">Among the host's, from the beginning of the story.</param>
/// <param name="Moment">Before or after the act.</param>
/// <param name="Kind">The act.</param>
/// <param name="IsOfSlots">It is done to the file of the blocks.</param>
/// <param name="Operation">In which operation, from 1; the time after the last one belongs to it.</param>
/// <param name="HasUnflushed">A crash here can lose or keep something that is not a block's bytes.</param>
/// <param name="HasMet">The fault that the run itself tells of has come: see <see cref="PlannedFault.IsMet"/>.</param>
/// <param name="IsAnswered">The last operation has been answered: it is the time after.</param>
internal readonly record struct ObservedPoint(
    int? Host,
    int Ordinal,
    CrashMoment Moment,
    CrashPointKind Kind,
    bool IsOfSlots,
    int Operation,
    bool HasUnflushed,
    bool HasMet,
    bool IsAnswered);
