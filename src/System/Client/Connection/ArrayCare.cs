using System.Diagnostics;
using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Connection;

/// <summary>What an owner can do for its array beside reading and writing. Thread-safe.</summary>
internal sealed class ArrayCare(ArraySession session)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    public async Task<ArrayReport> GetReportAsync() => ArrayReport.Of(session, await session.GetStatusAsync());

    /// <summary>Verifies every row and mends what can be mended.</summary>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="stop">Ends it early: the report says how far it came.</param>
    public async Task<ScrubReport> ScrubAsync(Action<WorkProgress> progress, CancellationToken stop)
    {
        Task<ScrubReport> scrub = session.RunAsync(() => session.Array.ScrubAsync(stop: stop));
        while (await Task.WhenAny(scrub, Task.Delay(LookEvery, CancellationToken.None)) != scrub)
        {
            if ((await session.GetStatusAsync()).Scrub is { } scrubbed)
            {
                progress(new WorkProgress("scrub", scrubbed.RowsDone, scrubbed.Rows));
            }
        }

        return await scrub;
    }

    /// <summary>Waits until a server holds all that it should: what is missing on it is rebuilt meanwhile.</summary>
    /// <param name="member">Which; it exists.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="stop">Ends the wait, not what is waited for.</param>
    /// <returns>EIO: it does not answer, or the refill is stuck; ESHUTDOWN: another client owns the array.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task<Result<RepairSummary>> RepairAsync(
        MemberIndex member, Action<WorkProgress> progress, CancellationToken stop)
    {
        // A server that came back is noticed with the next probe; one that is there joins within a few calls.
        TimeSpan patience = session.Options.Patience + session.Options.ToArrayOptions().MaxProbeDelay + TimeSpan.FromSeconds(1);
        long lastMoved = Stopwatch.GetTimestamp();
        (MemberState State, long StaleRows) last = default;
        while (true)
        {
            ArrayStatus status = await session.GetStatusAsync();
            MemberStatus now = status.Members[member.Value];
            if (status.IsFenced)
            {
                return Errno.ESHUTDOWN;
            }

            if (now.State == MemberState.InSync)
            {
                return new RepairSummary(member.Value, status.Counters.RefilledRows);
            }

            if (now.Refill is { Rows: > 0 } refill)
            {
                progress(new WorkProgress("refill", refill.RowsDone, refill.Rows));
            }

            if (last != (now.State, now.StaleRows))
            {
                last = (now.State, now.StaleRows);
                lastMoved = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastMoved) > patience && session.Options.RefillRate is null)
            {
                return Errno.EIO;
            }

            await Task.Delay(LookEvery, stop);
        }
    }

    /// <summary>Puts a blank server in a member's place, and waits until it holds all that it should.</summary>
    /// <param name="member">Which; it exists.</param>
    /// <param name="server">Where the blank server is: formatted for this place of this array.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="stop">Ends the wait, not what is waited for.</param>
    /// <returns>EBUSY: another member is not in sync; else as of <see cref="RepairAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task<Result<RepairSummary>> ReplaceAsync(
        MemberIndex member, ServerAddress server, Action<WorkProgress> progress, CancellationToken stop)
    {
        ArrayStatus status = await session.GetStatusAsync();
        if (status.Members.Any(other => other.Member != member && other.State != MemberState.InSync))
        {
            return Errno.EBUSY;
        }

        MemberChannel channel = session.Channels.Members[member.Value];
        if (channel.Server != server)
        {
            channel.Redirect(server);
        }

        // Until it is asked for something, nobody knows that the one that was there is gone.
        _ = await session.RunAsync(() => session.Array.ReadUnitAsync(member, new Row(0)));
        return await RepairAsync(member, progress, stop);
    }
}
