using static Raid5Verify.Simulation.Tests.Disks.DiskStory;

namespace Raid5Verify.Simulation.Tests.Disks;

/// <summary>Flushes that report success and make nothing durable.</summary>
public sealed class FlushLieTests
{
    private const int Sector = SimFile.SectorSize;

    [Fact]
    public void What_a_lying_flush_covers_may_be_lost_in_a_crash_and_then_the_lie_is_met()
    {
        var (met, lucky) = (0, 0);
        FlushLie? lie = null;
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                lie = data.Disk.LieAtFlushes(1);
                await file.WriteAsync(0, Filled(Sector, 2));
                Assert.Equal(DiskStatus.Ok, await file.FlushAsync());
                Assert.Equal((0L, 1L, 1L, 0L), (lie.Remaining, lie.Told, lie.AtRisk, lie.Met));
                Assert.Equal("2", Digits(await Read(file, Sector)));
                Assert.False(lie.IsHealed);
            },
            async (data, file) =>
            {
                var lost = Digits(await Read(file, Sector)) == "1";
                Assert.Equal(lost ? 1 : 0, lie!.Met);
                Assert.True(lie.IsHealed);
                Assert.Empty(data.Damages);
                _ = lost ? met++ : lucky++;
            });

        Assert.True(met > 50 && lucky > 50, $"met {met}, lucky {lucky}");
    }

    [Fact]
    public void An_honest_flush_after_the_lie_makes_good_for_it()
    {
        FlushLie? lie = null;
        AcrossACrash(
            async (data, file) =>
            {
                lie = data.Disk.LieAtFlushes(1);
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                await file.FlushAsync();
                Assert.True(lie.IsHealed);
            },
            async (_, file) =>
            {
                Assert.Equal("1", Digits(await Read(file, Sector)));
                Assert.Equal(0, lie!.Met);
            });
    }

    [Fact]
    public void A_lie_about_a_length_is_met_when_the_length_is_lost()
    {
        var (met, lucky) = (0, 0);
        FlushLie? lie = null;
        AcrossACrash(
            async (data, file) =>
            {
                lie = data.Disk.LieAtFlushes(1);
                await file.TruncateAsync(10 * Sector);
                await file.FlushAsync();
            },
            async (data, file) =>
            {
                var lost = await file.LengthAsync() == 0;
                Assert.True(!lost || lie!.Met == 1);
                _ = lost ? met++ : lucky++;
            });

        Assert.True(met > 50 && lucky > 50, $"met {met}, lucky {lucky}");
    }

    [Fact]
    public void A_flush_that_covers_nothing_is_no_lie_nor_is_one_of_another_file() => OnDisk(async disk =>
    {
        var (_, table) = await disk.OpenAsync("table", OpenMode.New);
        var (_, data) = await disk.OpenAsync("data", OpenMode.New);
        var lie = disk.Disk.LieAtFlushes(1, "data");
        await data!.FlushAsync();
        await table!.WriteAsync(0, Filled(Sector, 1));
        await table.FlushAsync();
        Assert.Equal(1, lie.Remaining);
        await data.WriteAsync(0, Filled(Sector, 1));
        await data.FlushAsync();
        Assert.Equal(0, lie.Remaining);
    });

    [Fact]
    public void A_lost_write_under_a_lying_flush_is_gone_after_the_crash_and_the_lie_is_met()
    {
        FlushLie? lie = null;
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                lie = data.Disk.LieAtFlushes(1);
                data.Disk.LoseWrites(1);
                await file.WriteAsync(0, Filled(Sector, 2));
                await file.FlushAsync();
            },
            (data, _) =>
            {
                Assert.Equal("1", Digits(TruthOf(data, Sector)));
                Assert.Empty(data.Damages);
                Assert.Equal(1, lie!.Met);
                return Task.CompletedTask;
            });
    }
}
