using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <content>What happens: the operations, the fault, the crash.</content>
internal sealed partial class PointRun
{
    private async Task<bool> TellStoryAsync()
    {
        for (_operation = 1; _operation <= _story.Operations.Count; _operation++)
        {
            BlockOperation operation = _story.Operations[_operation - 1];
            _doing = operation.Describe();
            if (_fault.Before == _operation)
            {
                Lay();
            }

            await DoAsync(operation);
        }

        _operation = _story.Operations.Count;
        _isAnswered = true;
        if (_point?.Return == MemberReturn.AfterTheClient)
        {
            // It dies before it does anything else: RunAsync sees to that.
            _observes = false;
            _storyEnded = true;
            _lastWord.SetResult();
            return true;
        }

        _doing = "the time after the last operation";
        await Task.Delay(Tail, _cluster.Client.Life!.Clock);
        _observes = false;
        _storyEnded = true;
        return true;
    }

    private async Task DoAsync(BlockOperation operation)
    {
        int value = BlockDisks.FirstValue + _operation;
        switch (operation.Kind)
        {
            case BlockOperationKind.FullStripe:
                await WriteAsync(_cluster.FirstBlockOf(operation.Row!.Value), _cluster.DataUnits, value);
                break;
            case BlockOperationKind.SmallWrite:
                await WriteAsync(BlockAt(operation.Place), 1, value);
                break;
            case BlockOperationKind.Read:
                byte[] bytes = new byte[BlockCluster.BlockSize];
                int block = BlockAt(operation.Place);
                if (Tolerate(await _cluster.Array.ReadAsync(new BlockAddress(block), bytes)))
                {
                    Require(_history.JudgeRead(block, ValueOf(block, bytes)));
                }

                break;
            case BlockOperationKind.Commit:
                await CommitAsync();
                break;
            case BlockOperationKind.Scrub:
                Judge(await _cluster.Array.ScrubAsync(), mayMend: true);
                break;
            default:
                await RefillAsync(value, isBlank: operation.Kind == BlockOperationKind.Rebuild);
                break;
        }
    }

    /// <summary>Server 0 is away and misses writes, or comes back blank; done when it is in sync again.</summary>
    private async Task RefillAsync(int value, bool isBlank)
    {
        TimeProvider clock = _cluster.Client.Life!.Clock;
        if (await IsSettledAsync(clock) && !_cluster.IsInSync)
        {
            // A member that came back counts again with the commit of what was written meanwhile.
            await CommitAsync();
        }

        _isBeyondBudget |= _fault.IsOfDisk && _fault.Member != 0 && IsLaid;
        Host away = _cluster.Servers[0];
        away.Crash(CrashKind.Power);
        if (isBlank)
        {
            _cluster.Replace(0);
            away.Restart();
            await ReadAllAsync(_cluster.Array);
            if (_cluster.StateOf(0) == MemberState.InSync)
            {
                // The client has all that it read in memory: it has not met the new one yet.
                await CommitAsync();
            }
        }
        else
        {
            await WriteAsync(BlockAt('a'), 1, value);
            await WriteAsync(_cluster.FirstBlockOf(_cluster.Rows - 1), 1, value);
            await CommitAsync();
            if (!away.IsUp)
            {
                away.Restart();
            }
        }

        bool isSettled = await IsSettledAsync(clock);
        Demand(isSettled, Promise.Convergence, "no row is stale on server 0", "some are");
    }

    /// <summary>The operation under way, or else the last, refills a member.</summary>
    private bool IsRefilling => _story.Operations[_operation - 1].Refills;

    private bool IsLaid => _fault.Before > 0 ? _fault.Before <= _operation : _struck.Task.IsCompleted;

    private async Task WriteAsync(int first, int count, int value) =>
        Tolerate(await WriteAsync(_cluster.Array, first, count, value));

    private async Task CommitAsync() => Tolerate(await CommitAsync(_cluster.Array));

    private async Task<Errno> WriteAsync(Raid5Array array, int first, int count, int value)
    {
        byte[] bytes = new byte[count * BlockCluster.BlockSize];
        for (int i = 0; i < count; i++)
        {
            BlockDisks.Fill(first + i, value, bytes.AsSpan(i * BlockCluster.BlockSize, BlockCluster.BlockSize));
            _history.BeginWrite(first + i, value);
        }

        Errno error = await array.WriteAsync(new BlockAddress(first), bytes);
        for (int i = 0; i < count && error == Errno.OK; i++)
        {
            _history.EndWrite(first + i, value);
        }

        return error;
    }

    private async Task<Errno> CommitAsync(Raid5Array array)
    {
        _history.BeginCommit();
        Errno error = await array.CommitAsync();
        if (error == Errno.OK)
        {
            _history.EndCommit();
        }

        return error;
    }

    /// <summary>The host of the point dies.</summary>
    private void Strike()
    {
        _observes = false;
        bool refills = IsRefilling;
        if (_fault is { IsOfDisk: true, Before: 0, NeedsRestart: false })
        {
            Lay();
        }

        if (_point!.Host is { } member)
        {
            // A member that was refilled is bad until the array counts on it again: until the next commit.
            bool isOtherFaulty = _fault.IsOfDisk && _fault.Member != member && IsLaid;
            bool isOtherAway = member != 0 && (refills || _cluster.StateOf(0) != MemberState.InSync);
            _isBeyondBudget |= isOtherFaulty || isOtherAway;
            CrashMember(member);
        }
        else
        {
            _isBeyondBudget |= refills && _fault.IsOfDisk && _fault.Member != 0;
            _cluster.Client.Crash();
            if (_fault.NeedsRestart)
            {
                CrashMember(_fault.Member);
            }
        }

        _struck.SetResult();
    }

    private void CrashMember(int member)
    {
        Host host = _cluster.Servers[member];
        bool isFaulty = _fault.IsOfDisk && _fault.Member == member;
        bool isAway = _point!.Host is not null && _point.Return != MemberReturn.Soon;
        host.Disk.Unflushed = _point.KeepsUnflushed ? UnflushedFate.Kept : UnflushedFate.Lost;
        host.Disk.TornSectorsUnreadable = isFaulty && _fault.Kind == PlannedFaultKind.TornSectors ? 1u : 0;
        host.Crash(isAway || _point.Host is null ? CrashKind.Power : CrashKind.Process);
        host.Disk.TornSectorsUnreadable = 0;
        _writeFault?.Disarm();
        _lie?.Disarm();
        _failing?.Disarm();
        if (isFaulty)
        {
            SimFile? file = _fault.Kind switch
            {
                PlannedFaultKind.DamagedLog or PlannedFaultKind.UnreadableLog => _cluster.FirstLog(member),
                PlannedFaultKind.DamagedCheckpoint or PlannedFaultKind.UnreadableCheckpoint => host.Disk.Files["checkpoint"],
                PlannedFaultKind.DamagedSuperblock or PlannedFaultKind.UnreadableSuperblock => host.Disk.Files["superblock"],
                _ => null,
            };
            if (file?.Length > 0)
            {
                _ = _fault.IsUnreadableFile ? file.MakeUnreadable(0, SimFile.SectorSize) : file.FlipBit(40, 3);
            }
        }
    }

    /// <summary>The planned fault comes.</summary>
    private void Lay()
    {
        SimDisk disk = _cluster.Servers[_fault.Member].Disk;
        switch (_fault.Kind)
        {
            case PlannedFaultKind.FlippedBit or PlannedFaultKind.UnreadableBlock:
                for (int row = 0; row < 2; row++)
                {
                    if (_cluster.OffsetOf(_fault.Member, row) is not { } offset)
                    {
                        continue;
                    }

                    _ = _fault.Kind == PlannedFaultKind.FlippedBit
                        ? _cluster.Slots(_fault.Member).FlipBit(offset + 77, 2)
                        : _cluster.Slots(_fault.Member).MakeUnreadable(offset, BlockCluster.BlockSize);
                }

                break;
            case PlannedFaultKind.LostWrite:
                _writeFault = disk.LoseWrites(1);
                break;
            case PlannedFaultKind.MisdirectedWrite:
                _writeFault = disk.MisdirectWrites(1);
                break;
            case PlannedFaultKind.BlockFlushLie:
                _lie = disk.LieAtFlushes(1, "slots");
                break;
            case PlannedFaultKind.LogFlushLie:
                _lie = disk.LieAtFlushes(1, _cluster.Log(_fault.Member).Name);
                break;
            case PlannedFaultKind.FailedWrite:
                _failing = disk.FailWrites(1);
                break;
            case PlannedFaultKind.FailedFlush:
                _failing = disk.FailFlushes(1);
                break;
            case PlannedFaultKind.FullDisk:
                disk.Capacity = disk.Files.Values.Sum(static file => file.Length);
                break;
            case PlannedFaultKind.LatePrepare or PlannedFaultKind.LateWrite:
                _lateMessage = new LateMessage(
                    _world.Network,
                    _cluster.Client,
                    _cluster.Servers[_fault.Member],
                    _fault.Kind == PlannedFaultKind.LatePrepare ? BlockServerMethods.Prepare : BlockServerMethods.Write);
                break;
        }
    }

    private int BlockAt(char place) => place switch
    {
        'a' => 0,
        'b' => 1,
        _ => _cluster.FirstBlockOf(1),
    };
}
