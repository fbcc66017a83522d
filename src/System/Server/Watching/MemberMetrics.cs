using System.Diagnostics.Metrics;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Serving;

namespace Raid5Fs.Server.Watching;

/// <summary>
/// What there is of a member, and what it did since its start. The figures are taken on its executor, by
/// <see cref="RefreshAsync"/>, before somebody reads the instruments.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemberMetrics : IDisposable
{
    public const string MeterName = "Raid5Fs.Server.Member";

    private readonly Meter _meter = new(MeterName);
    private readonly OpenMember _member;
    private readonly BadRows _badRows;
    private volatile Snapshot _last;

    public MemberMetrics(OpenMember member, BadRows badRows)
    {
        _member = member;
        _badRows = badRows;
        _last = new Snapshot(new CountersReply(), default, new MemberStanding(), 0, 0, 0);
        int blockSize = member.Store.Geometry.BlockSize;

        Count("blocks.read", "{block}", "Blocks asked for by reads that were answered", last => last.Counters.BlocksRead);
        Count("blocks.written", "{block}", "Blocks of writes that were taken", last => last.Counters.BlocksWritten);
        Count("read", "By", "Bytes of the blocks read", last => last.Counters.BlocksRead * blockSize);
        Count("written", "By", "Bytes of the blocks written", last => last.Counters.BlocksWritten * blockSize);
        Count("bad_blocks", "{block}", "Blocks found corrupt or unreadable, as often as they were", last => last.Counters.BadBlocks);
        Count("bad_rows.found", "{row}", "Rows found corrupt or unreadable, once until repaired", last => last.Found);
        Count("bad_rows.repaired", "{row}", "Bad rows that were written anew", last => last.Repaired);
        Show("bad_rows", "{row}", "Rows known to be bad now", last => last.KnownBad);
        Count("superseded_blocks", "{block}", "Blocks of late duplicates, ignored", last => last.Counters.SupersededBlocks);
        Count("refused", "{call}", "Calls answered with another status than OK", last => last.Counters.Refused);
        Count("epochs.sealed", "{epoch}", "Epochs sealed", last => last.Counters.EpochsSealed);
        Count("epochs.committed", "{epoch}", "Epochs committed", last => last.Counters.EpochsCommitted);
        Show("generation", "{generation}", "The highest generation that was granted", last => last.Standing.Promised?.Generation ?? 0);
        Show("decided.generation", "{generation}", "Of the last decided epoch that it knows", last => Decided(last).Generation);
        Show("decided.epoch", "{epoch}", "Number of the last decided epoch that it knows", last => (long)Decided(last).Number);
        Show("open.blocks", "{block}", "Blocks in the open epoch", last => last.Figures.OpenBlocks);
        Show("sealed.blocks", "{block}", "Blocks in the epoch that awaits its decision", last => last.Figures.SealedBlocks);
        Show("free_slots", "{slot}", "Blocks that could be written now", last => last.Figures.FreeSlots);
        Show("log", "By", "Bytes of the logs since the last checkpoint", last => last.Figures.LogBytes);
        Count("log.written", "By", "Bytes written to the logs", last => last.Counters.LogBytes);
        Count("checkpoints", "{checkpoint}", "Checkpoints written", last => last.Counters.Checkpoints);
        Count("checkpoints.put_off", "{checkpoint}", "Checkpoints that could not be written when due", last => last.Counters.CheckpointsPutOff);
    }

    /// <summary>Takes the figures anew.</summary>
    /// <exception cref="ObjectDisposedException">The server is stopping.</exception>
    public async Task RefreshAsync() => _last = await _member.Executor.RunAsync(async () => new Snapshot(
        await _member.Service.Counters(new CountersRequest(), null!),
        _member.Store.Figures,
        (await _member.Service.Inspect(new InspectRequest(), null!)).State,
        _badRows.Known,
        _badRows.Found,
        _badRows.Repaired));

    public void Dispose() => _meter.Dispose();

    private static Epoch Decided(Snapshot last) => new(last.Standing.View?.Decided ?? 0);

    private void Count(string name, string unit, string description, Func<Snapshot, long> value) =>
        _meter.CreateObservableCounter("raid5fs.server." + name, () => value(_last), unit, description);

    private void Show(string name, string unit, string description, Func<Snapshot, long> value) =>
        _meter.CreateObservableGauge("raid5fs.server." + name, () => value(_last), unit, description);

    private sealed record Snapshot(
        CountersReply Counters, StoreFigures Figures, MemberStanding Standing, long KnownBad, long Found, long Repaired);
}
