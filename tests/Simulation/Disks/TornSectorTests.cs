using static Raid5Verify.Simulation.Tests.Disks.DiskStory;

namespace Raid5Verify.Simulation.Tests.Disks;

/// <summary>A sector caught by a crash with writes not flushed is old, new or, where asked for, unreadable.</summary>
public sealed class TornSectorTests
{
    private const int Sector = SimFile.SectorSize;

    [Fact]
    public void A_torn_sector_may_be_unreadable_and_what_was_not_being_written_never_is()
    {
        var (unreadable, old, @new) = (0, 0, 0);
        AcrossACrash(
            async (data, file) =>
            {
                data.Disk.TornSectorsUnreadable = 4;
                await file.WriteAsync(0, Filled(5 * Sector, 1));
                await file.FlushAsync();
                await file.WriteAsync(Sector, Filled(3 * Sector, 2));
            },
            async (data, file) =>
            {
                for (var sector = 0; sector < 5; sector++)
                {
                    var bytes = new byte[Sector];
                    if (await file.ReadAsync(sector * Sector, bytes) == DiskStatus.IoError)
                    {
                        Assert.InRange(sector, 1, 3);
                        unreadable++;
                    }
                    else if (sector is >= 1 and <= 3)
                    {
                        _ = bytes.Distinct().Single() == 1 ? old++ : @new++;
                    }
                    else
                    {
                        Assert.Equal(Filled(Sector, 1), bytes);
                    }
                }

                Assert.Equal(data.Disk.TornSectors, data.Damages.Count);
            });

        Assert.InRange(unreadable, 100, 200);
        Assert.True(old > 150 && @new > 150, $"{old} old, {@new} new");
    }

    [Fact]
    public void A_torn_sector_is_healed_by_the_next_write() => AcrossACrash(
        async (data, file) =>
        {
            data.Disk.TornSectorsUnreadable = 1;
            await file.WriteAsync(0, Filled(Sector, 1));
            await file.FlushAsync();
            await file.WriteAsync(0, Filled(Sector, 2));
        },
        async (data, file) =>
        {
            var torn = Assert.Single(data.Damages);
            Assert.Equal((DamageKind.Unreadable, 0L, Sector), (torn.Kind, torn.Offset, torn.Length));
            Assert.Equal(DiskStatus.IoError, await file.ReadAsync(0, new byte[1]));
            await file.WriteAsync(0, Filled(Sector, 3));
            Assert.True(torn.IsHealed);
            Assert.Equal(Filled(Sector, 3), await Read(file, Sector));
        });

    [Fact]
    public void Beyond_the_end_that_a_crash_left_nothing_is_torn() => AcrossACrash(
        async (data, file) =>
        {
            data.Disk.TornSectorsUnreadable = 1;
            await file.WriteAsync(0, Filled(2 * Sector, 1));
        },
        (data, _) =>
        {
            Assert.Equal(data.Length / Sector, data.Damages.Count);
            return Task.CompletedTask;
        });

    [Fact]
    public void Whether_sectors_tear_decides_nothing_else()
    {
        Assert.Equal(Survivors(0), Survivors(2));

        static List<string> Survivors(uint oneIn)
        {
            List<string> found = [];
            AcrossACrash(
                async (data, file) =>
                {
                    data.Disk.TornSectorsUnreadable = oneIn;
                    await file.WriteAsync(0, Filled(4 * Sector, 1));
                    await file.FlushAsync();
                    await file.WriteAsync(0, Filled(4 * Sector, 2));
                },
                (data, _) =>
                {
                    found.Add(Digits(TruthOf(data, 4 * Sector)));
                    return Task.CompletedTask;
                });
            return found;
        }
    }
}
