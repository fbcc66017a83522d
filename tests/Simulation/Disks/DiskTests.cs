using static Raid5Verify.Simulation.Tests.Disks.DiskStory;

namespace Raid5Verify.Simulation.Tests.Disks;

/// <summary>What a crash leaves, each promise with its opposite; and damage laid over true bytes.</summary>
public sealed class DiskTests
{
    private const int Sector = SimFile.SectorSize;

    [Fact]
    public void Flushed_bytes_survive_every_crash() => ForEachSeed(
        async file =>
        {
            await file.WriteAsync(0, Filled(4 * Sector, 1));
            await file.FlushAsync();
        },
        bytes => Assert.Equal(Filled(4 * Sector, 1), bytes));

    [Fact]
    public void Unflushed_bytes_survive_or_not_sector_by_sector()
    {
        var seen = new HashSet<string>();
        ForEachSeed(
            async file =>
            {
                await file.WriteAsync(0, Filled(4 * Sector, 1));
                await file.FlushAsync();
                await file.WriteAsync(0, Filled(4 * Sector, 2));
            },
            bytes =>
            {
                var sectors = bytes.Chunk(Sector).ToArray();
                Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
                seen.Add(string.Concat(sectors.Select(sector => sector[0])));
            });

        Assert.Contains("1111", seen);
        Assert.Contains("2222", seen);
        Assert.True(seen.Count > 8, "tearing has hardly happened");
    }

    [Fact]
    public void Writes_of_one_sector_survive_in_their_order()
    {
        var seen = new HashSet<string>();
        ForEachSeed(
            async file =>
            {
                await file.WriteAsync(0, Filled(Sector, 0));
                await file.FlushAsync();
                await file.WriteAsync(0, new byte[] { 1 });
                await file.WriteAsync(1, new byte[] { 2 });
            },
            bytes => seen.Add($"{bytes[0]}{bytes[1]}"));

        Assert.Equal(["00", "10", "12"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_write_that_was_under_way_when_the_flush_began_is_not_promised()
    {
        var lost = 0;
        ForEachSeed(
            async file =>
            {
                var write = file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                await write;
            },
            bytes => lost += bytes.Length == 0 || bytes[0] == 0 ? 1 : 0);

        Assert.True(lost > 0);
    }

    [Fact]
    public void A_name_not_flushed_may_be_gone_after_a_crash_a_flushed_one_never()
    {
        var (kept, gone) = (0, 0);
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed });
            var host = world.AddHost("host");
            world.Run(async () =>
            {
                host.Start(static _ => Task.CompletedTask);
                var disk = host.Life!.Disk;
                await disk.OpenAsync("durable", OpenMode.New);
                await disk.FlushFolderAsync();
                await disk.OpenAsync("fresh", OpenMode.New);
                host.Crash();
            });
            Assert.Contains("durable", host.Disk.Files.Keys);
            _ = host.Disk.Files.ContainsKey("fresh") ? kept++ : gone++;
        }

        Assert.True(kept > 0 && gone > 0, $"kept {kept}, gone {gone}");
    }

    [Fact]
    public void A_renamed_file_replaces_the_other_at_once()
    {
        var names = Array.Empty<string>();
        OnDisk(async disk =>
        {
            var (_, fresh) = await disk.OpenAsync("table.new", OpenMode.New);
            await disk.OpenAsync("table", OpenMode.New);
            await fresh!.WriteAsync(0, new byte[3]);
            Assert.Equal(DiskStatus.Ok, await disk.RenameAsync("table.new", "table"));
            names = [.. await disk.ListAsync()];
            var (_, table) = await disk.OpenAsync("table", OpenMode.Existing);
            Assert.Equal(3, await table!.LengthAsync());
            Assert.Equal(DiskStatus.NotFound, await disk.DeleteAsync("table.new"));
        });

        Assert.Equal(["table"], names);
    }

    [Fact]
    public void A_flipped_bit_reads_the_same_until_it_is_written_over() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Sector, 7));
        var damage = truth().FlipBit(5, 0);
        Assert.Equal(6, (await Read(file, Sector))[5]);
        Assert.Equal(6, (await Read(file, Sector))[5]);
        Assert.Equal(2, damage.Met);

        await file.WriteAsync(0, Filled(Sector, 7));
        Assert.True(damage.IsHealed);
        Assert.Equal(7, (await Read(file, Sector))[5]);
    });

    [Fact]
    public void An_unreadable_sector_fails_reads_that_touch_it_and_leaves_its_neighbours() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(3 * Sector, 7));
        var damage = truth().MakeUnreadable(Sector + 1, 1);
        Assert.Equal(DiskStatus.IoError, await file.ReadAsync(0, new byte[3 * Sector]));
        Assert.Equal(DiskStatus.Ok, await file.ReadAsync(0, new byte[Sector]));
        Assert.Equal(DiskStatus.Ok, await file.ReadAsync(2 * Sector, new byte[Sector]));
        Assert.Equal(1, damage.Met);
    });

    [Fact]
    public void A_failed_write_changes_nothing()
    {
        OnDisk(async disk =>
        {
            var (_, file) = await disk.OpenAsync("data", OpenMode.New);
            await file!.WriteAsync(0, Filled(8, 1));
            disk.Disk.FailWrites(1);
            Assert.Equal(DiskStatus.IoError, await file.WriteAsync(0, Filled(8, 2)));
            Assert.Equal(Filled(8, 1), await Read(file, 8));
            Assert.Equal(DiskStatus.Ok, await file.WriteAsync(0, Filled(8, 2)));
            Assert.Equal(1, disk.Disk.FailedWrites);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_flush_makes_nothing_durable_and_the_next_one_all(bool isRepeated)
    {
        int lost = 0;
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(8, 1));
                await file.FlushAsync();
                data.Disk.FailFlushes(1);
                Assert.Equal(DiskStatus.Ok, await file.FlushAsync());
                await file.WriteAsync(0, Filled(8, 2));
                Assert.Equal(DiskStatus.IoError, await file.FlushAsync());
                Assert.Equal(Filled(8, 2), await Read(file, 8));
                Assert.Equal(1, data.Disk.FailedFlushes);
                if (isRepeated)
                {
                    Assert.Equal(DiskStatus.Ok, await file.FlushAsync());
                }
            },
            async (_, file) => lost += (await Read(file, 8))[0] == 1 ? 1 : 0);
        Assert.Equal(!isRepeated, lost > 0);
    }

    [Fact]
    public void A_failed_read_is_read_at_the_next_try() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(8, 1));
        truth().Disk.FailReads(2);
        Assert.Equal(DiskStatus.IoError, await file.ReadAsync(0, new byte[8]));
        Assert.Equal(DiskStatus.IoError, await file.ReadAsync(4, new byte[1]));
        Assert.Equal(Filled(8, 1), await Read(file, 8));
        Assert.Equal(2, truth().Disk.FailedReads);
        Assert.False(truth().IsDamaged(0, 8));
    });

    [Fact]
    public void A_full_disk_takes_what_fits_and_refuses_growth() => OnDisk(async disk =>
    {
        disk.Disk.Capacity = 100;
        var (_, file) = await disk.OpenAsync("data", OpenMode.New);
        Assert.Equal(DiskStatus.Ok, await file!.WriteAsync(0, new byte[100]));
        Assert.Equal(DiskStatus.Full, await file.WriteAsync(1, new byte[100]));
        Assert.Equal(DiskStatus.Ok, await file.WriteAsync(50, new byte[50]));
        Assert.Equal(100, await file.LengthAsync());
    });

    [Fact]
    public void A_shorter_file_reads_zeros_where_it_was_cut_when_it_grows_again() => OnFile(async (_, file) =>
    {
        await file.WriteAsync(0, Filled(5000, 9));
        await file.TruncateAsync(10);
        await file.TruncateAsync(5000);
        var bytes = await Read(file, 5000);
        Assert.Equal(9, bytes[9]);
        Assert.All(bytes.Skip(10), b => Assert.Equal(0, b));
    });

    [Fact]
    public void A_truncation_not_flushed_is_undone_or_kept_by_a_crash()
    {
        var seen = new HashSet<string>();
        ForEachSeed(
            async file =>
            {
                await file.WriteAsync(0, Filled(3 * Sector, 7));
                await file.FlushAsync();
                await file.TruncateAsync(100);
                await file.TruncateAsync(3 * Sector);
            },
            bytes => seen.Add(string.Join(' ', bytes.Length, bytes.Skip(100).Take(1).SingleOrDefault(), bytes.LastOrDefault())));

        // The length and each sector are as before or as after: whole, cut, or grown again with zeros.
        Assert.Contains("1536 7 7", seen);
        Assert.Contains("1536 0 0", seen);
        Assert.Contains("100 0 7", seen);
    }

    [Fact]
    public void Damage_that_was_written_over_is_back_if_a_crash_loses_that_write()
    {
        var (healed, back) = (0, 0);
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed });
            var host = world.AddHost("host");
            world.Run(async () =>
            {
                host.Start(static _ => Task.CompletedTask);
                var (_, file) = await host.Life!.Disk.OpenAsync("data", OpenMode.New);
                await host.Life.Disk.FlushFolderAsync();
                await file!.WriteAsync(0, Filled(2 * Sector, 1));
                await file.FlushAsync();
                var damage = host.Disk.Files["data"].MakeUnreadable(0, 2 * Sector);
                await file.WriteAsync(0, Filled(Sector, 2));
                Assert.False(damage.IsHealed);
                host.Crash();
            });
            var left = host.Disk.Files["data"];
            var first = new byte[1];
            left.Peek(0, first);
            Assert.Equal(first[0] == 1, left.IsDamaged(0, 1));
            Assert.True(left.IsDamaged(Sector, 1));
            _ = left.IsDamaged(0, 1) ? back++ : healed++;
        }

        Assert.True(healed > 0 && back > 0, $"healed {healed}, back {back}");
    }

    [Fact]
    public void A_folder_is_locked_by_one_life_until_it_ends()
    {
        var world = new World(new WorldOptions());
        var host = world.AddHost("host");
        world.Run(async () =>
        {
            host.Start(static _ => Task.CompletedTask);
            Assert.Equal(DiskStatus.Ok, await host.Life!.Disk.LockAsync());
            host.Crash();
            host.Restart();
            Assert.Equal(DiskStatus.Ok, await host.Life!.Disk.LockAsync());
        });
    }
}
