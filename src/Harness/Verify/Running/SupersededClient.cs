using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Oracle;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/*
 * A client that another one has replaced, and that goes on as if nothing had been. Whatever it does, promise 8 holds:
 *
 * - It acknowledges a commit only where the new client kept all of it: that was rolled forward, or had nothing to write.
 * - What it answers from memory is what it knew, or an error; never what meanwhile belongs to something else.
 * - What the array below it answers is what the new client reads there, or an error.
 *
 * What it writes must be without effect: that is for the new client's own checks to find.
 */

/// <summary>The old client after a takeover: goes on working, and has every answer judged.</summary>
/// <param name="run">Its run.</param>
/// <param name="session">The client; its host may still be paused or cut off.</param>
/// <param name="view">What the file system held for it; null if that is not known.</param>
/// <param name="inFlight">What it was just doing.</param>
internal sealed class SupersededClient(ScenarioRun run, ClientSession session, FileSystemState? view, InFlight? inFlight)
{
    private const int Rounds = 3;
    private const int BlocksProbed = 8;

    /// <summary>Of all blocks one in so many, at the front, is where most that changes lies.</summary>
    private const int FrontOneIn = 8;

    private readonly Dice _dice = run.Cluster.World.Dice.Fork($"superseded/{session.Host.Name}");
    private readonly TaskCompletionSource<int?> _judged = new();
    private readonly TaskCompletionSource _done = new();
    private FileSystemState? _view = view;
    private bool _hasChanged;

    public Host Host => session.Host;

    /// <summary>Whether it was answered an error since it was replaced.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>Ends when it has done, once it could act again, all that it does of itself.</summary>
    public Task Done => _done.Task;

    /// <summary>The new client has recovered.</summary>
    /// <param name="operationsLost">Acknowledged operations of this client that it undid; null if that is not known.</param>
    public void Judged(int? operationsLost) => _judged.TrySetResult(operationsLost);

    /// <summary>From the moment when it can act again.</summary>
    public async Task GoOnAsync()
    {
        if (_view is not null)
        {
            await FinishAsync();
        }

        if (_view is not null)
        {
            await WorkAsync();
        }

        _done.SetResult();
    }

    /// <summary>What it had been asked when it was replaced.</summary>
    private async Task FinishAsync()
    {
        if (inFlight is not null)
        {
            await EndsAsync(inFlight.Ended);
            if (inFlight.Operation is { } operation)
            {
                await JudgeAsync(operation, await inFlight.Answer!);
                _hasChanged = false;
            }
        }
    }

    private async Task WorkAsync()
    {
        for (int round = 0; round < Rounds && session.Paths is not null; round++)
        {
            await run.WaitAsync(_dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(30)));
            await ProbeAsync();
            foreach (FileOperation operation in Round(round))
            {
                Task<Answer> answer = session.RunAsync(
                    StepKind.TagOf(operation.GetType()), () => operation.ApplyToAsync(session.Paths));
                await EndsAsync(answer);
                await JudgeAsync(operation, await answer);
            }
        }
    }

    /// <summary>A question, a change and a commit.</summary>
    private IEnumerable<FileOperation> Round(int round)
    {
        List<string> files =
            [.. _view!.Walk().Where(entry => entry.Attributes.Type == FileType.Regular).Select(entry => entry.Path)];
        if (files.Count == 0)
        {
            yield return new Create { Path = $"/late-{round}" };
        }
        else
        {
            string read = files[_dice.Next(files.Count)];
            yield return new Read { Path = read }.Against(_view.Paths);
            yield return new Write { Path = files[_dice.Next(files.Count)], Length = run.Scenario.Cluster.Block, Fill = (ulong)(1_000_000 + round) };
        }

        yield return new Fsync { Path = "/" };
    }

    private async Task JudgeAsync(FileOperation operation, Answer answer)
    {
        if (answer.Error is Errno.EIO or Errno.EROFS or Errno.ESHUTDOWN)
        {
            Refused();

            // Of several changes in one, those before the one that was refused were made.
            _view = operation is Readdir { Changes: true } ? null : _view;
            return;
        }

        // A long write that is refused in the middle says how far it came.
        FileOperation done = answer.Written is { } count ? operation.Shortened(count) ?? operation : operation;
        (FileSystemState next, Answer expected) = _view!.OrIfFull(_view.After(done, run.StepIndex), done, answer, run.StepIndex);
        if (answer != expected && !answer.IsBeginningOf(expected))
        {
            throw run.Violate(
                Promise.Fencing,
                $"an error, or what it knew: {expected.DescribeAgainst(answer)}",
                answer.DescribeAgainst(expected),
                $"{operation} by superseded {Host}");
        }

        _view = next;
        _hasChanged |= operation.Changes && answer.Error == Errno.OK;
        if (operation.Commits && answer.Error == Errno.OK && await _judged.Task is { } lost && (lost > 0 || _hasChanged))
        {
            throw run.Violate(
                Promise.Fencing,
                "no commit is acknowledged by a client that was replaced, unless its successor has kept it all",
                _hasChanged ? "OK, after a change of its own" : $"OK, but its successor has undone {lost} of its operations",
                $"{operation} by superseded {Host}");
        }
    }

    /// <summary>Reads blocks through the old client's array and through the new one's.</summary>
    private async Task ProbeAsync()
    {
        if (await run.Clients.ReadyAsync() is not { IsEnded: false } successor)
        {
            return;
        }

        byte[] before = new byte[successor.Array!.BlockSize];
        byte[] late = new byte[before.Length];
        byte[] after = new byte[before.Length];
        for (int i = 0; i < BlocksProbed; i++)
        {
            var block = new BlockAddress(_dice.NextInt64(Math.Max(1, successor.Array.BlockCount / (i % 2 == 0 ? 1 : FrontOneIn))));
            bool isKnown = (await run.OnAsync(successor, "probe", () => successor.Array.ReadAsync(block, before))).Is(Errno.OK);
            Task<Errno> read = session.RunAsync("probe", () => session.Array!.ReadAsync(block, late));
            await EndsAsync(read);
            isKnown &= (await run.OnAsync(successor, "probe", () => successor.Array.ReadAsync(block, after))).Is(Errno.OK);
            if (await read != Errno.OK)
            {
                Refused();
            }
            else if (isKnown && !late.AsSpan().SequenceEqual(before) && !late.AsSpan().SequenceEqual(after))
            {
                throw run.Violate(
                    Promise.Fencing, "an error, or what the new client reads there", "other bytes", $"read of {block} by superseded {Host}");
            }
        }
    }

    private void Refused()
    {
        WasRefused = true;
        run.Statistics.LateRefusals++;
    }

    /// <summary>A client that was replaced does not wait for ever: it is refused.</summary>
    private async Task EndsAsync(Task answer)
    {
        try
        {
            await answer.WaitAsync(ScenarioRun.Patience, run.Cluster.World.Clock);
        }
        catch (TimeoutException)
        {
            throw run.Violate(
                Promise.Convergence, $"an answer within {ScenarioRun.Patience.TotalSeconds} s", "none", $"superseded {Host}");
        }
    }
}

/// <summary>What a client is doing.</summary>
/// <param name="Ended">Ends when it has done it.</param>
/// <param name="Operation">What it was asked, if its answer is still to be judged.</param>
/// <param name="Answer">That answer.</param>
internal sealed record InFlight(Task Ended, FileOperation? Operation = null, Task<Answer>? Answer = null);
