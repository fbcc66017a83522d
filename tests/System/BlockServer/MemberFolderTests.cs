using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OnOneServer;

namespace Raid5Fs.Tests.BlockServer;

public sealed class MemberFolderTests
{
    [Fact]
    public void An_empty_folder_is_not_formatted() => Tell(async server =>
    {
        Assert.Equal(StoreFault.NotFormatted, (await MemberStore.InspectAsync(server.Disk)).Fault);
        Assert.Equal(Errno.ENOENT, (await MemberStore.OpenAsync(server.Disk, 1)).Error);
    });

    [Fact]
    public void A_folder_with_something_else_in_it_is_neither_formatted_nor_opened() => Tell(async server =>
    {
        await server.Disk.OpenAsync("thesis.tex", DiskOpenMode.CreateNew);
        Assert.Equal(Errno.EEXIST, await MemberStore.FormatAsync(server.Disk, Geometry));
        Assert.Equal(StoreFault.Foreign, (await MemberStore.InspectAsync(server.Disk)).Fault);
        Assert.Equal(Errno.EEXIST, (await MemberStore.OpenAsync(server.Disk, 1)).Error);
        Assert.Equal(["thesis.tex"], (await server.Disk.ListAsync()).Value);
    });

    [Fact]
    public void A_member_is_not_formatted_twice() => Tell(async server =>
    {
        await server.FormatAndOpenAsync();
        Assert.Equal(Errno.EEXIST, await MemberStore.FormatAsync(server.Disk, Geometry));
    });

    [Fact]
    public void A_format_cut_short_by_a_crash_at_any_time_is_done_or_can_be_repeated()
    {
        for (int crashAfter = 0; crashAfter < 40; crashAfter++)
        {
            int moment = crashAfter;
            Tell(
                async server =>
                {
                    Task<Errno> format = MemberStore.FormatAsync(server.Disk, Geometry);
                    await Task.Delay(TimeSpan.FromMicroseconds(50 * moment), server.World.Clock);
                    server.Crash();
                    StoreFault fault = (await MemberStore.InspectAsync(server.Disk)).Fault;
                    Assert.True(fault is StoreFault.NotFormatted or StoreFault.None, $"{fault} at {moment}");
                    MemberStore store =
                        fault == StoreFault.None ? await server.OpenAsync() : await server.FormatAndOpenAsync();
                    Assert.Equal(StoredBlockState.NeverWritten, await StateOf(store, 0));
                    Assert.False(format.IsFaulted);
                },
                (ulong)moment);
        }
    }

    [Fact]
    public void A_damaged_superblock_is_named() => Tell(async server =>
    {
        await server.FormatAndOpenAsync();
        server.Superblock.FlipBit(33, 2);
        server.Crash();
        FolderInspection found = await MemberStore.InspectAsync(server.Disk);
        Assert.Equal(StoreFault.Damaged, found.Fault);
        Assert.Equal("the member's superblock is damaged", found.ToString());
        Assert.Equal(Errno.EUCLEAN, (await MemberStore.OpenAsync(server.Disk, 1)).Error);
    });

    [Fact]
    public void A_file_cut_short_is_named() => Tell(async server =>
    {
        await server.FormatAndOpenAsync();
        IDiskFile data = (await server.Disk.OpenAsync("data", DiskOpenMode.Open)).Value;
        await data.TruncateAsync((Rows - 1) * BlockSize);
        Assert.Equal(StoreFault.OtherGeometry, (await MemberStore.InspectAsync(server.Disk)).Fault);
        Assert.Equal(Errno.ESTALE, (await MemberStore.OpenAsync(server.Disk, 1)).Error);
    });

    [Fact]
    public void A_missing_file_is_named() => Tell(async server =>
    {
        await server.FormatAndOpenAsync();
        await server.Disk.DeleteAsync("table");
        Assert.Equal(StoreFault.OtherGeometry, (await MemberStore.InspectAsync(server.Disk)).Fault);
    });

    [Fact]
    public void An_unreadable_superblock_is_an_error_of_the_disk() => Tell(async server =>
    {
        await server.FormatAndOpenAsync();
        server.Superblock.MakeUnreadable(0, 512);
        server.Crash();
        Assert.Equal(Errno.EIO, (await MemberStore.OpenAsync(server.Disk, 1)).Error);
    });

    [Fact]
    public void Every_flipped_bit_of_a_superblock_is_noticed()
    {
        byte[] sector = Superblock.Encode(Geometry);
        Assert.Equal((Geometry, StoreFault.None), Superblock.Decode(sector));
        for (int bit = 0; bit < sector.Length * 8; bit++)
        {
            byte[] flipped = [.. sector];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Superblock.Decode(flipped).Geometry);
        }
    }

    [Fact]
    public void Another_format_version_is_told_from_damage()
    {
        byte[] sector = Superblock.Encode(Geometry);
        sector[8]++;
        BitConverter.TryWriteBytes(sector.AsSpan(504), Checksum.Of(sector.AsSpan(0, 504)).Value);
        Assert.Equal(StoreFault.OtherVersion, Superblock.Decode(sector).Fault);
    }

    [Fact]
    public void Every_flipped_bit_of_a_table_sector_loses_its_rows_and_nothing_else()
    {
        var entries = new RowEntry[TableSector.RowsInGroup];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new RowEntry((RowState)(i % 3), new Checksum(i % 3 == 1 ? (ulong)i : 0), sequence: 0);
        }

        byte[] sector = new byte[TableSector.Size];
        TableSector.Encode(5, entries, sector);
        var read = new RowEntry[TableSector.RowsInGroup];
        Assert.True(TableSector.Decode(5, sector, read));
        Assert.Equal(entries.Select(entry => (entry.State, entry.Checksum)), read.Select(entry => (entry.State, entry.Checksum)));

        for (int bit = 0; bit < sector.Length * 8; bit++)
        {
            byte[] flipped = [.. sector];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(TableSector.Decode(5, flipped, read));
            Assert.All(read, entry => Assert.Equal(RowState.Lost, entry.State));
        }
    }

    [Fact]
    public void A_table_sector_in_the_wrong_place_is_noticed()
    {
        byte[] sector = new byte[TableSector.Size];
        TableSector.Encode(5, new RowEntry[TableSector.RowsInGroup], sector);
        Assert.False(TableSector.Decode(6, sector, new RowEntry[TableSector.RowsInGroup]));
    }

    [Theory]
    [InlineData(2, 512, 16, 32, "3 to 32 members")]
    [InlineData(33, 512, 16, 32, "3 to 32 members")]
    [InlineData(3, 500, 16, 32, "power of two")]
    [InlineData(3, 64, 16, 32, "power of two")]
    [InlineData(3, 131072, 16, 32, "power of two")]
    [InlineData(3, 512, 0, 32, "chunk")]
    [InlineData(3, 512, 16, 33, "whole chunks")]
    [InlineData(3, 512, 16, 0, "whole chunks")]
    public void An_impossible_geometry_says_why(int members, int blockSize, int chunk, long rows, string why)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new MemberGeometry(new ArrayId(1, 2), new MemberIndex(0), members, blockSize, chunk, rows));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
