using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Simulation;
using static Raid5Fs.Tests.BlockServer.OneMember;
using static Raid5Fs.Tests.BlockServer.UsedMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>A long log gives way to a checkpoint, which is written beside what goes on, or put off.</summary>
public sealed class StoreCheckpointTests
{
    [Fact]
    public void A_disk_without_room_for_a_checkpoint_puts_it_off() => Tell(async (server, member) =>
    {
        SealedEpoch pending = await PutCheckpointOffAsync(server, member);
        SimDisk disk = server.Host.Disk;

        // It went on with a new log, and the member needs both.
        Assert.Equal((0, 1), (member.Tally.Checkpoints, member.Tally.CheckpointsPutOff));
        Assert.Equal(["checkpoint", "log.2", "log.3", "slots", "superblock"], disk.Files.Keys);
        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());

        // When there is room a new life tries it again with the next record.
        disk.Capacity = null;
        await member.PrepareAsync(pending.Epoch, pending.Stamp.Version + 1);
        await member.Store.Checkpointing;
        Assert.Equal(1, member.Tally.Checkpoints);
        Assert.Equal(["log.4"], disk.Files.Keys.Where(MemberLog.IsName));
        before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public void What_was_put_off_is_tried_again_when_the_logs_are_twice_as_long() => Tell(async (server, member) =>
    {
        SealedEpoch pending = await PutCheckpointOffAsync(server, member);
        server.Host.Disk.Capacity = null;
        int more = 0;
        for (; member.Tally.Checkpoints == 0; more++)
        {
            await member.PrepareAsync(pending.Epoch, pending.Stamp.Version + 1 + (uint)more);
            await member.Store.Checkpointing;
        }

        Assert.InRange(more, 120, 135);
        Assert.Equal(["log.4"], server.Host.Disk.Files.Keys.Where(MemberLog.IsName));
    });

    /// <summary>What there is of it must not take the room that the log needs.</summary>
    [Fact]
    public void Half_a_checkpoint_that_found_no_room_is_deleted() => OnOneServer.Tell(async server =>
    {
        MemberScript script = MemberScript.OfLargeCheckpoint;
        OneMember member = await FormatAsync(new SimulatedProcess(server), script.Rows);
        SimDisk disk = server.Host.Disk;
        for (int step = 0; step < script.Count; step++)
        {
            if (step == script.Begin)
            {
                // For what follows in the log, and for the first of two writes of the checkpoint.
                disk.Capacity = disk.Files.Values.Sum(file => file.Length) + (100 * Sector) + (48 * 1024);
            }

            await script.TakeAsync(step, member);
        }

        await member.Store.Checkpointing;
        Assert.Equal((0, 1), (member.Tally.Checkpoints, member.Tally.CheckpointsPutOff));
        Assert.DoesNotContain("checkpoint.new", disk.Files.Keys);
        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
    });

    /// <summary>
    /// A flush fails: of the new log, of the folder, of the old log's end, of the checkpoint, of the folder again. Where that leaves open
    /// what a start would find, the member halts; else the checkpoint is put off. A start finds all of it.
    /// </summary>
    [Fact]
    public void A_flush_that_fails_while_a_checkpoint_is_made_halts_the_member_or_puts_it_off()
    {
        var outcomes = new List<string>();
        for (int failing = 0; failing < 5; failing++)
        {
            int before = failing;
            Tell(async (server, member) =>
            {
                SealedEpoch pending = await member.LengthenLogAsync();
                uint version = pending.Stamp.Version;
                uint appends = (uint)((64 * 1024) - server.File("log.2").Length) / Sector;
                for (uint i = 0; i < appends; i++)
                {
                    await member.PrepareAsync(pending.Epoch, ++version);
                }

                // The record that makes it due is flushed itself.
                server.Host.Disk.FailFlushes(1, after: 1 + before);
                CallStatus status = await member.TryPrepareAsync(pending.Epoch, ++version);
                await member.Store.Checkpointing;
                outcomes.Add(
                    member.Store.Halted.IsCompleted ? $"{status}, halted"
                    : $"{status}, {member.Tally.Checkpoints} written, {member.Tally.CheckpointsPutOff} put off");
                server.Crash();
                await member.StartAsync();
                Assert.InRange(member.Record.Sealed!.Value.Stamp.Version, version - (status == CallStatus.Ok ? 0u : 1), version);
                await member.ExpectAsync((0, 4000), (Rows - 1, 3000 + Rows - 1));
            });
        }

        Assert.Equal(
            ["Ok, 0 written, 1 put off", "IoError, halted", "IoError, halted", "Ok, 0 written, 1 put off", "Ok, halted"], outcomes);
    }

    [Fact]
    public void A_log_whose_end_is_gone_though_another_follows_it_is_named() => Tell(async (server, member) =>
    {
        await PutCheckpointOffAsync(server, member);
        server.Host.Disk.Capacity = null;
        SimFile first = server.File("log.2");
        long length = first.Length;
        await TruncateAsync(member, "log.2", length - Sector);
        await ExpectAsync(server, member, StoreFault.DamagedLog);
        await TruncateAsync(member, "log.2", length - (2 * Sector));
        await ExpectAsync(server, member, StoreFault.DamagedLog);
        Assert.NotEqual(0, server.File("log.3").Length);
    });

    [Theory]
    [InlineData("log.2")]
    [InlineData("log.3")]
    public void Of_logs_that_follow_each_other_none_may_be_missing(string missing) => Tell(async (server, member) =>
    {
        await PutCheckpointOffAsync(server, member);
        server.Host.Disk.Capacity = null;
        await DeleteAsync(member, missing);
        await ExpectAsync(server, member, StoreFault.DamagedLog);
    });

    /// <summary>The entries of a table may be younger than the log that is left: then they would not fit each other.</summary>
    [Fact]
    public void A_log_that_does_not_reach_as_far_as_its_checkpoint_is_named() => OnOneServer.Tell(async server =>
    {
        MemberScript script = MemberScript.OfLargeCheckpoint;
        OneMember member = await FormatAsync(new SimulatedProcess(server), script.Rows);
        for (int step = 0; step < script.Count; step++)
        {
            await script.TakeAsync(step, member);
        }

        await member.Store.Checkpointing;
        CheckpointContent content = (await Checkpoint.ReadAsync(member.Disk, GeometryOf(script.Rows))).Content!;
        Assert.Equal((2u, 2u), (content.Log.Number, content.Reached.Log));
        Assert.InRange(content.Reached.Sectors, 2u, (uint)(server.File("log.2").Length / Sector) - 1);
        await TruncateAsync(member, "log.2", content.Reached.Sectors * Sector);
        await ExpectAsync(server, member, StoreFault.None);
        server.File("log.2").MakeUnreadable((content.Reached.Sectors - 1) * Sector, Sector);
        await ExpectAsync(server, member, StoreFault.DamagedLog);
    });

    /// <summary>
    /// The disk is full when a checkpoint is due: the member is left with a long log, and one of two records behind it.
    /// </summary>
    /// <returns>The sealed epoch with its last version.</returns>
    private static async Task<SealedEpoch> PutCheckpointOffAsync(OnOneServer server, OneMember member)
    {
        SealedEpoch pending = await member.LengthenLogAsync();
        SimDisk disk = server.Host.Disk;
        uint appends = (uint)((64 * 1024) - server.File("log.2").Length) / Sector;
        disk.Capacity = disk.Files.Values.Sum(file => file.Length) + ((appends + 3) * Sector);
        for (uint version = 1; version <= appends + 2; version++)
        {
            await member.PrepareAsync(pending.Epoch, pending.Stamp.Version + version);
            await member.Store.Checkpointing;
        }

        return member.Record.Sealed!.Value;
    }
}
