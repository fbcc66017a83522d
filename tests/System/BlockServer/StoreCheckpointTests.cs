using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
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
        Assert.Equal(0, member.Tally.Checkpoints);
        Assert.Equal(["log.2", "log.3"], disk.Files.Keys.Where(MemberLog.IsName));
        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());

        // When there is room, it is tried again: not for each record, but when it went on for a while.
        disk.Capacity = null;
        int more = 0;
        for (; member.Tally.Checkpoints == 0; more++)
        {
            await member.PrepareAsync(pending.Epoch, pending.Stamp.Version + 1 + (uint)more);
            await member.Store.Checkpointing;
        }

        Assert.InRange(more, 100, 128);
        Assert.Equal(["log.4"], disk.Files.Keys.Where(MemberLog.IsName));
        before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public void A_checkpoint_is_written_beside_what_goes_on() => Tell(async (server, member) =>
    {
        SealedEpoch pending = await member.LengthenLogAsync();
        uint version = pending.Stamp.Version;
        while (member.Store.Checkpointing.IsCompleted)
        {
            await member.PrepareAsync(pending.Epoch, ++version);
        }

        // The table changes under its hands, in rows that it has and in rows that it has not written yet; slots change hands.
        await member.CommitAsync(E(4));
        for (ulong epoch = 5; epoch < 9; epoch++)
        {
            await member.CommitAsync(E(epoch), [.. Enumerable.Range(0, Rows).Select(row => (row, (int)(epoch * 1000) + row))]);
        }

        await member.PrepareAsync(E(9));
        string before = await member.DescribeAsync();
        if (!member.Store.Checkpointing.IsCompleted)
        {
            Assert.Equal(["log.2", "log.3"], server.Host.Disk.Files.Keys.Where(MemberLog.IsName));
        }

        await member.Store.Checkpointing;
        Assert.Equal(["log.3"], server.Host.Disk.Files.Keys.Where(MemberLog.IsName));
        Assert.Equal(1, member.Tally.Checkpoints);
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public void A_log_whose_end_is_gone_though_another_follows_it_is_named() => Tell(async (server, member) =>
    {
        await PutCheckpointOffAsync(server, member);
        server.Host.Disk.Capacity = null;
        SimFile first = server.File("log.2");
        byte[] end = await ReadAsync(member, "log.2", first.Length - Sector);
        await TruncateAsync(member, "log.2", first.Length - Sector);
        await ExpectAsync(server, member, StoreFault.DamagedLog);

        // A start cuts off what it takes for a torn tail.
        await WriteAsync(member, "log.2", first.Length, end);
        await ExpectAsync(server, member, StoreFault.None);
        await DeleteAsync(member, "log.2");
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
