using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Simulation;
using static Raid5Fs.Tests.BlockServer.OneMember;
using static Raid5Fs.Tests.BlockServer.UsedMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// A member detects damage of each of its own structures, and names the structure; damage of a block costs that block.
/// </summary>
public sealed class StoreDamageTests
{
    /// <summary>Sectors of the log of the member of these stories.</summary>
    private const int LogSectors = 6;

    // The superblock.

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void One_damaged_copy_of_the_superblock_is_survived_and_mended(int copy) => Tell(async (server, member) =>
    {
        SimFile file = server.File("superblock");
        foreach (Action damage in (Action[])[() => file.FlipBit(copy + 33, 2), () => file.MakeUnreadable(copy, Sector)])
        {
            string before = await member.DescribeAsync();
            damage();
            await member.RestartAsync();
            Assert.Equal(before, await member.DescribeAsync());
            Assert.Empty(file.Damages);

            // Mended: the other may go now.
            file.FlipBit(4096 - copy + 100, 1);
            await member.RestartAsync();
            Assert.Equal(before, await member.DescribeAsync());
            Assert.Empty(file.Damages);
        }
    });

    [Fact]
    public void Two_damaged_copies_of_the_superblock_are_named() => Tell(async (server, member) =>
    {
        SimFile file = server.File("superblock");
        file.FlipBit(0, 0);
        file.FlipBit(4096 + 511, 7);
        await ExpectAsync(server, member, StoreFault.DamagedSuperblock);
        Assert.Equal(StoreFault.DamagedSuperblock, (await MemberStore.InspectAsync(server.Disk)).Fault);
        file.MakeUnreadable(0, Sector);
        await ExpectAsync(server, member, StoreFault.DamagedSuperblock);

        file.ClearDamage();
        await ExpectAsync(server, member, StoreFault.None);
    });

    [Fact]
    public void A_superblock_cut_short_is_its_first_copy_or_nothing() => Tell(async (server, member) =>
    {
        await TruncateAsync(member, "superblock", 4096);
        await ExpectAsync(server, member, StoreFault.None);
        await TruncateAsync(member, "superblock", 100);
        await ExpectAsync(server, member, StoreFault.DamagedSuperblock);
    });

    [Fact]
    public void Every_flipped_bit_of_a_superblock_is_noticed() => Tell(async (server, member) =>
    {
        IDiskFile file = (await member.Disk.OpenAsync("superblock", DiskOpenMode.Open)).Value;
        for (int bit = 0; bit < Sector * 8; bit++)
        {
            server.File("superblock").FlipBit(4096, 0);
            server.File("superblock").FlipBit(bit / 8, bit % 8);
            Assert.Equal(StoreFault.DamagedSuperblock, (await Superblock.ReadAsync(file)).Fault);
            server.File("superblock").ClearDamage();
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_format_version_is_told_from_damage(bool isOneCopyDamaged) => Tell(async (server, member) =>
    {
        byte[] sector = await ReadAsync(member, "superblock", 0);
        sector[8]++;
        DiskSector.Seal(sector);
        await WriteAsync(member, "superblock", 0, sector);
        await WriteAsync(member, "superblock", 4096, sector);
        if (isOneCopyDamaged)
        {
            server.File("superblock").FlipBit(20, 1);
        }

        await ExpectAsync(server, member, StoreFault.OtherVersion);
        Assert.Equal(StoreFault.OtherVersion, (await MemberStore.InspectAsync(server.Disk)).Fault);
        Assert.Equal(Errno.EEXIST, await MemberStore.FormatAsync(server.Disk, Geometry));
    });

    // The checkpoint.

    [Fact]
    public void Damage_to_any_sector_of_the_checkpoint_is_named() => Tell(async (server, member) =>
    {
        SimFile file = server.File("checkpoint");
        Assert.Equal(6 * Sector, file.Length);
        for (int offset = 0; offset < file.Length; offset += 37)
        {
            file.FlipBit(offset, offset % 8);
            await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
            file.ClearDamage();
        }

        for (int offset = 0; offset < file.Length; offset += Sector)
        {
            file.MakeUnreadable(offset, Sector);
            await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
            file.ClearDamage();
        }

        await ExpectAsync(server, member, StoreFault.None);
    });

    [Fact]
    public void A_checkpoint_that_is_missing_cut_short_or_in_disorder_is_named() => Tell(async (server, member) =>
    {
        byte[] second = await ReadAsync(member, "checkpoint", 1 * Sector);
        byte[] third = await ReadAsync(member, "checkpoint", 2 * Sector);
        await WriteAsync(member, "checkpoint", 1 * Sector, third);
        await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
        await WriteAsync(member, "checkpoint", 1 * Sector, second);
        await ExpectAsync(server, member, StoreFault.None);

        await TruncateAsync(member, "checkpoint", 5 * Sector);
        await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
        await DeleteAsync(member, "checkpoint");
        await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
    });

    [Fact]
    public void A_checkpoint_of_another_member_is_named() => Tell(async (server, member) =>
    {
        foreach (MemberGeometry other in (MemberGeometry[])
        [
            Geometry.At(new MemberIndex(2)), new MemberGeometry(new ArrayId(3, 4), Place, 3, BlockSize, 2, Rows),
        ])
        {
            IDiskFile file = (await member.Disk.OpenAsync("superblock", DiskOpenMode.Open)).Value;
            Assert.Equal(Errno.OK, await new Superblock(other, member.Claim).WriteAsync(file));
            await ExpectAsync(server, member, StoreFault.DamagedCheckpoint);
        }
    });

    // The log.

    [Fact]
    public void A_flipped_bit_in_any_sector_of_the_log_is_named() => Tell(async (server, member) =>
    {
        SimFile file = server.File("log.2");
        Assert.Equal(LogSectors * Sector, file.Length);
        for (int offset = 0; offset < file.Length; offset += 37)
        {
            file.FlipBit(offset, offset % 8);
            await ExpectAsync(server, member, StoreFault.DamagedLog);
            file.ClearDamage();
        }

        await ExpectAsync(server, member, StoreFault.None);
    });

    [Fact]
    public void A_sector_that_is_missing_in_the_middle_of_the_log_is_named() => Tell(async (server, member) =>
    {
        SimFile file = server.File("log.2");
        for (int sector = 0; sector < LogSectors - 1; sector++)
        {
            file.MakeUnreadable(sector * Sector, Sector);
            await ExpectAsync(server, member, StoreFault.DamagedLog);
            file.ClearDamage();

            // As a write leaves it that was never done.
            byte[] own = await ReadAsync(member, "log.2", sector * Sector);
            await WriteAsync(member, "log.2", sector * Sector, new byte[Sector]);
            await ExpectAsync(server, member, StoreFault.DamagedLog);
            await WriteAsync(member, "log.2", sector * Sector, own);
        }

        await ExpectAsync(server, member, StoreFault.None);
    });

    [Fact]
    public void Sectors_of_the_log_in_the_wrong_place_are_named() => Tell(async (server, member) =>
    {
        byte[][] sectors = new byte[LogSectors][];
        for (int sector = 0; sector < LogSectors; sector++)
        {
            sectors[sector] = await ReadAsync(member, "log.2", sector * Sector);
        }

        for (int to = 0; to <= LogSectors; to++)
        {
            byte[] own = await ReadAsync(member, "log.2", to * Sector);
            foreach (byte[] stray in sectors.Where((_, from) => from != to))
            {
                await WriteAsync(member, "log.2", to * Sector, stray);
                await ExpectAsync(server, member, StoreFault.DamagedLog);
            }

            await WriteAsync(member, "log.2", to * Sector, own);
        }
    });

    [Fact]
    public void A_missing_log_is_named() => Tell(async (server, member) =>
    {
        await DeleteAsync(member, "log.2");
        await ExpectAsync(server, member, StoreFault.DamagedLog);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_group_that_was_torn_at_the_end_of_the_log_was_never_there(bool isUnreadable) => Tell(async (server, member) =>
    {
        // The next epoch is sealed in a group of several sectors, of which each may be missing.
        string before = await member.DescribeAsync();
        await member.WriteRangeAsync(E(5), 0, Rows, plus: 5000);
        await member.PrepareAsync(E(5));
        byte[][] group = new byte[3][];
        for (int sector = 0; sector < group.Length; sector++)
        {
            group[sector] = await ReadAsync(member, "log.2", (LogSectors + sector) * Sector);
        }

        for (int torn = 1; torn < 1 << group.Length; torn++)
        {
            await TruncateAsync(member, "log.2", LogSectors * Sector);
            for (int sector = 0; sector < group.Length; sector++)
            {
                bool isTorn = (torn & (1 << sector)) != 0;
                await WriteAsync(member, "log.2", (LogSectors + sector) * Sector, isTorn ? new byte[Sector] : group[sector]);
                if (isTorn && isUnreadable)
                {
                    server.File("log.2").MakeUnreadable((LogSectors + sector) * Sector, Sector);
                }
            }

            await ExpectAsync(server, member, StoreFault.None);
            Assert.Equal(before, await member.DescribeAsync());
            Assert.Equal(LogSectors * Sector, server.File("log.2").Length);
        }
    });

    [Fact]
    public void A_last_group_that_cannot_be_read_is_taken_for_a_torn_one() => Tell(async (server, member) =>
    {
        // The limit of what a member alone can know: a crash may leave the sectors of its last write unreadable, so
        // whether that write was ever acknowledged only the others can say.
        server.File("log.2").MakeUnreadable((LogSectors - 1) * Sector, Sector);
        await ExpectAsync(server, member, StoreFault.None);
        Assert.Null(member.Record.Sealed);
        Assert.Equal(E(3), member.Record.Self);
    });

    // What checkpoint and log say of each other.

    [Fact]
    public void A_log_that_contradicts_the_checkpoint_is_named()
    {
        Append(StoreFault.None, (_, _) => new LogRecord.Mask(Sealed(E(4), 9)));
        Append(StoreFault.None, (slot, _) => Next((5, slot(null))));
        Append(StoreFault.DamagedTable, (slot, _) => Next((5, slot(6))));
        Append(StoreFault.DamagedTable, (slot, _) => Next((5, slot(null)), (6, slot(null))));
        Append(StoreFault.DamagedTable, (_, slots) => Next((5, slots)));
        Append(StoreFault.DamagedLog, (slot, _) => Next((Rows, slot(null))));
        Append(StoreFault.DamagedLog, (_, _) => new LogRecord.Commit(E(9)), commitsBefore: false);
        Append(StoreFault.DamagedLog, (_, _) => new LogRecord.Mask(Sealed(E(9))), commitsBefore: false);
        Append(StoreFault.DamagedLog, (slot, _) => Next((5, slot(null))), commitsBefore: false);

        static LogRecord.Seal Next(params (int Row, uint Slot)[] blocks) => new(
            Sealed(E(5)), [.. blocks.Select(block => (new Row(block.Row), new EpochBlock(block.Slot, default, Sequence: 0)))]);
    }

    [Fact]
    public void A_checkpoint_that_puts_two_rows_in_one_slot_is_named() => Tell(async (server, member) =>
    {
        var image = new MemberImage(Rows);
        image.Table.Set(new Row(3), 7, default, E(1));
        image.Table.Set(new Row(4), 7, default, E(1));
        LogStart log = LogStart.After(6, chain: 1);
        await Checkpoint.WriteAsync(member.Disk, Geometry, CheckpointHead.Of(image, log), image.Table, () => default);
        await MemberLog.CreateFirstAsync(member.Disk, log);
        await member.Disk.RenameAsync("checkpoint.new", "checkpoint");
        await member.Disk.FlushFolderAsync();
        await ExpectAsync(server, member, StoreFault.DamagedTable);
    });

    // The slots, and files as a whole.

    [Fact]
    public void A_slot_file_that_is_missing_or_cut_short_is_named() => Tell(async (server, member) =>
    {
        await TruncateAsync(member, "slots", server.File("slots").Length - 1);
        await ExpectAsync(server, member, StoreFault.OtherGeometry);
        Assert.Equal((StoreFault.OtherGeometry, Geometry), Both(await MemberStore.InspectAsync(server.Disk)));
        await DeleteAsync(member, "slots");
        await ExpectAsync(server, member, StoreFault.OtherGeometry);

        static (StoreFault, MemberGeometry?) Both(FolderInspection found) => (found.Fault, found.Geometry);
    });

    [Fact]
    public void Without_its_superblock_a_member_is_none() => Tell(async (server, member) =>
    {
        await DeleteAsync(member, "superblock");
        await ExpectAsync(server, member, StoreFault.NotFormatted);
        await member.Disk.OpenAsync("thesis.tex", DiskOpenMode.CreateNew);
        await member.Disk.FlushFolderAsync();
        await ExpectAsync(server, member, StoreFault.Foreign);
    });

    [Fact]
    public void Damage_to_a_block_shows_in_the_read_of_that_row_until_it_is_written_again() => Tell(async (server, member) =>
    {
        Row[] rows = [.. Enumerable.Range(0, Rows).Select(row => new Row(row))];
        SimFile slots = server.File("slots");
        slots.FlipBit(member.Store.OffsetsOf(rows[8]).First() + 5, 3);
        slots.FlipBit(member.Store.OffsetsOf(rows[30]).First() + 511, 0);
        slots.MakeUnreadable(member.Store.OffsetsOf(rows[32]).First(), BlockSize);
        for (int life = 0; life < 2; life++)
        {
            StoredBlock[] blocks = await member.Store.ReadAsync(rows);
            Assert.All(blocks, (block, row) => Assert.Equal(
                row switch
                {
                    8 or 30 => StoredBlockState.Corrupt,
                    32 => StoredBlockState.Unreadable,
                    _ => StoredBlockState.Good,
                },
                block.State));
            Assert.Equal(StoredBlockState.Corrupt, await member.StateOfAsync(30));
            Assert.Equal(StoredBlockState.Unreadable, await member.StateOfAsync(32));
            await member.RestartAsync();
        }

        await member.WriteAsync(E(5), (8, 81), (30, 301), (32, 321));
        await member.ExpectAsync((8, 81), (30, 301), (32, 321));
    });

    [Fact]
    public void What_the_sealed_epoch_covers_is_there_again_when_it_is_dropped() => Tell(async (server, member) =>
    {
        // Row 3 was written by the sealed epoch too: of its two slots the newer one is damaged.
        long[] offsets = [.. member.Store.OffsetsOf(new Row(3))];
        Assert.Equal(2, offsets.Length);
        server.File("slots").FlipBit(offsets[0], 1);
        Assert.Equal(StoredBlockState.Corrupt, await member.StateOfAsync(3));
        await member.OwnAsync(2, decided: E(3));
        await member.ExpectAsync((3, 3003));
    });

    [Fact]
    public void Damage_to_a_free_slot_is_none() => Tell(async (server, member) =>
    {
        string before = await member.DescribeAsync();
        HashSet<long> used = [.. Enumerable.Range(0, Rows).SelectMany(row => member.Store.OffsetsOf(new Row(row)))];
        for (long offset = 0; offset < server.File("slots").Length; offset += BlockSize)
        {
            if (!used.Contains(offset))
            {
                server.File("slots").FlipBit(offset + 9, 1);
            }
        }

        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
        await member.WriteRangeAsync(E(5), 0, Rows, plus: 5000);
        await member.ExpectAsync([.. Enumerable.Range(0, Rows).Select(row => (row, row + 5000))]);
    });

    [Fact]
    public void A_lost_write_never_passes_for_the_content_that_it_should_have_replaced() => Tell(async (server, member) =>
    {
        server.Host.Disk.LoseWrites(1, "slots");
        await member.CommitAsync(E(5), (20, 21), (21, 22));
        Assert.Equal(StoredBlockState.Corrupt, await member.StateOfAsync(20));
        Assert.Equal(StoredBlockState.Corrupt, await member.StateOfAsync(21));
        await member.ExpectAsync((19, 3019), (22, 3022));
    });

    [Fact]
    public void A_misdirected_write_is_noticed_in_both_places() => Tell(async (server, member) =>
    {
        WriteFault fault = server.Host.Disk.MisdirectWrites(1, "slots");
        await member.CommitAsync(E(5), (20, 21));
        long strayed = fault.Damages.Single(damage => damage.Kind == DamageKind.ForeignBytes).Offset;
        Assert.Equal(StoredBlockState.Corrupt, await member.StateOfAsync(20));
        for (int row = 0; row < Rows; row++)
        {
            bool isBad = row == 20 || member.Store.OffsetsOf(new Row(row)).First() == strayed;
            Assert.Equal(isBad ? StoredBlockState.Corrupt : StoredBlockState.Good, await member.StateOfAsync(row));
        }
    });

    // A disk that fails while it is used.

    [Fact]
    public void A_write_that_fails_goes_to_another_slot() => Tell(async (server, member) =>
    {
        server.Host.Disk.FailWrites(1);
        await member.WriteAsync(E(5), (20, 21), (21, 22), (40, 41));
        await member.ExpectAsync((20, 21), (21, 22), (40, 41));
        server.Host.Disk.FailWrites(2);
        await member.WriteAsync(E(5), (20, 23));
        await member.ExpectAsync((20, 23), (21, 22));
    });

    [Fact]
    public void After_writes_that_fail_everywhere_the_block_is_as_before() => Tell(async (server, member) =>
    {
        await member.WriteAsync(E(5), (20, 21));
        server.Host.Disk.FailWrites(3);
        Assert.Equal(CallStatus.IoError, await member.TryWriteAsync(E(5), (20, 22)));
        await member.ExpectAsync((20, 21), (21, 3021));
        await member.WriteAsync(E(5), (20, 22));
        await member.PrepareAsync(E(5));
        await member.ExpectAsync((20, 22));
    });

    [Fact]
    public void A_disk_on_which_every_write_failed_for_a_while_has_as_much_room_as_before() => Tell(async (server, member) =>
    {
        var failing = server.Host.Disk.FailWrites(long.MaxValue);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(CallStatus.IoError, await member.TryWriteAsync(E(5), [.. Enumerable.Range(0, Rows).Select(row => (row, 1))]));
        }

        failing.Disarm();
        await member.WriteRangeAsync(E(5), 0, Rows, plus: 5000);
        await member.WriteRangeAsync(E(5), 0, Rows, plus: 6000);
        await member.PrepareAsync(E(5));
        await member.ExpectAsync((0, 6000), (Rows - 1, Rows - 1 + 6000));
    });

    [Fact]
    public void A_read_that_fails_once_does_not_take_its_neighbours_along() => Tell(async (server, member) =>
    {
        server.Host.Disk.FailReads(1);
        StoredBlock[] blocks = await member.Store.ReadAsync([.. Enumerable.Range(0, Rows).Select(row => new Row(row))]);
        Assert.All(blocks, block => Assert.Equal(StoredBlockState.Good, block.State));
    });

    [Theory]
    [InlineData("log.2")]
    [InlineData("superblock")]
    public void A_disk_that_fails_under_log_or_superblock_halts_the_member(string file) => Tell(async (server, member) =>
    {
        string before = await member.DescribeAsync();
        server.Host.Disk.FailWrites(1);
        Assert.Equal(
            CallStatus.IoError, file == "superblock" ? await member.TryOpenAsync(9) : await member.TryCommitAsync(E(4)));
        Assert.True(member.Store.Halted.IsCompleted);
        Assert.Equal(CallStatus.IoError, member.Store.Judge(member.Claim));
        Assert.Equal(CallStatus.IoError, await member.TryOpenAsync(10));
        Assert.Equal(CallStatus.IoError, await member.TryCommitAsync(E(4)));
        Assert.Equal(CallStatus.IoError, await member.TryRecordAsync(Decision(E(9, 0), Epoch.None)));
        Assert.Equal(CallStatus.IoError, await member.TryJoinAsync(member.Claim, 1, Decision(E(9, 0), Epoch.None)));

        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
        await member.CommitAsync(E(4));
    });

    /// <summary>Appends a record to the log that the server never wrote, and starts it.</summary>
    /// <param name="expected">What the start says.</param>
    /// <param name="record">
    /// Made of the slots: the one that a row uses, or, for null, the one free slot that is asked for; and how many there are.
    /// </param>
    /// <param name="commitsBefore">Whether the sealed epoch was committed before.</param>
    private static void Append(
        StoreFault expected, Func<Func<int?, uint>, uint, LogRecord> record, bool commitsBefore = true) =>
        Tell(async (server, member) =>
        {
            HashSet<uint> used = [.. Enumerable.Range(0, Rows).SelectMany(row => SlotsOf(row))];
            uint free = (uint)Enumerable.Range(0, int.MaxValue).First(slot => !used.Contains((uint)slot));
            LogRecord appended = record(row => row is { } known ? SlotsOf(known).First() : free, SlotFile.Slots(Geometry));
            if (commitsBefore && appended is LogRecord.Seal)
            {
                await member.CommitAsync(E(4));
            }

            MemberLog log = await member.OpenLogAsync();
            Assert.Equal(Errno.OK, await log.AppendAsync(appended));
            await ExpectAsync(server, member, expected);

            IEnumerable<uint> SlotsOf(int row) =>
                member.Store.OffsetsOf(new Row(row)).Select(offset => (uint)(offset / BlockSize));
        });
}
