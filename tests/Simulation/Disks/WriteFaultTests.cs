using static Raid5Verify.Simulation.Tests.Disks.DiskStory;

namespace Raid5Verify.Simulation.Tests.Disks;

/// <summary>Writes that a disk acknowledges and loses, or puts elsewhere.</summary>
public sealed class WriteFaultTests
{
    private const int Sector = SimFile.SectorSize;
    private const int Block = 8 * Sector;

    [Fact]
    public void A_lost_write_is_acknowledged_and_the_old_bytes_are_read() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(2 * Block, 1));
        await file.FlushAsync();
        var fault = truth().Disk.LoseWrites(1);
        Assert.Equal(DiskStatus.Ok, await file.WriteAsync(Block, Filled(Block, 2)));
        Assert.Equal(DiskStatus.Ok, await file.FlushAsync());

        Assert.Equal(Filled(2 * Block, 1), await Read(file, 2 * Block));
        Assert.Equal<byte>([.. Filled(Block, 1), .. Filled(Block, 2)], TruthOf(truth(), 2 * Block));
        Assert.False(truth().IsDamaged(0, Block));
        Assert.True(truth().IsDamaged(Block, Block));
        Assert.Equal((0L, 1L, false), (fault.Remaining, fault.Met, fault.IsHealed));
    });

    [Fact]
    public void Writing_again_heals_a_lost_write_byte_for_byte() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Sector, 1));
        var fault = truth().Disk.LoseWrites(1);
        await file.WriteAsync(0, Filled(Sector, 2));
        await file.WriteAsync(100, Filled(50, 2));
        byte[] mended = [.. Filled(100, 1), .. Filled(50, 2), .. Filled(Sector - 150, 1)];
        Assert.Equal(mended, await Read(file, Sector));
        Assert.False(truth().IsDamaged(100, 50));

        await file.WriteAsync(0, Filled(Sector, 2));
        Assert.Equal(Filled(Sector, 2), await Read(file, Sector));
        Assert.True(fault.IsHealed);
        Assert.Empty(truth().Damages);
    });

    [Fact]
    public void A_check_sees_what_the_device_holds_and_meets_no_damage() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(2 * Sector, 1));
        truth().Disk.LoseWrites(1);
        await file.WriteAsync(0, Filled(Sector, 2));
        var held = new byte[Sector];
        Assert.True(truth().TryPeekDevice(0, held));
        Assert.Equal(Filled(Sector, 1), held);

        truth().MakeUnreadable(Sector, 1);
        Assert.False(truth().TryPeekDevice(Sector - 1, held));
        Assert.True(truth().TryPeekDevice(0, held));
        Assert.All(truth().Damages, static damage => Assert.Equal(0, damage.Met));
    });

    [Fact]
    public void A_lost_write_beyond_the_end_leaves_zeros_and_the_length_it_asked_for() => OnFile(async (truth, file) =>
    {
        truth().Disk.LoseWrites(1);
        await file.WriteAsync(10, Filled(90, 7));
        Assert.Equal(100, await file.LengthAsync());
        Assert.Equal(Filled(100, 0), await Read(file, 100));
    });

    [Fact]
    public void Only_writes_to_the_named_file_are_lost_and_only_so_many() => OnDisk(async disk =>
    {
        var (_, table) = await disk.OpenAsync("table", OpenMode.New);
        var (_, data) = await disk.OpenAsync("data", OpenMode.New);
        var fault = disk.Disk.LoseWrites(2, "data");
        for (byte i = 1; i <= 3; i++)
        {
            await table!.WriteAsync(i, new[] { i });
            await data!.WriteAsync(i, new[] { i });
        }

        Assert.Equal([0, 1, 2, 3], await Read(table!, 4));
        Assert.Equal([0, 0, 0, 3], await Read(data!, 4));
        Assert.Equal(2, fault.Damages.Count);
    });

    [Fact]
    public void A_write_that_changes_nothing_is_no_loss_and_the_next_one_is() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Sector, 1));
        var fault = truth().Disk.LoseWrites(1);
        await file.WriteAsync(0, Filled(Sector, 1));
        Assert.Equal(1, fault.Remaining);
        await file.WriteAsync(0, Filled(Sector, 2));
        Assert.Equal(Filled(Sector, 1), await Read(file, Sector));
        fault.Disarm();
        Assert.False(fault.IsHealed);
    });

    [Fact]
    public void A_disarmed_fault_strikes_no_more() => OnFile(async (truth, file) =>
    {
        var fault = truth().Disk.LoseWrites(5);
        fault.Disarm();
        await file.WriteAsync(0, Filled(Sector, 1));
        Assert.Equal(Filled(Sector, 1), await Read(file, Sector));
        Assert.True(fault.IsHealed);
    });

    [Fact]
    public void A_lost_write_over_an_unreadable_sector_does_not_heal_it() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Sector, 1));
        var unreadable = truth().MakeUnreadable(0, Sector);
        truth().Disk.LoseWrites(1);
        await file.WriteAsync(0, Filled(Sector, 2));
        Assert.Equal(DiskStatus.IoError, await file.ReadAsync(0, new byte[1]));
        await file.WriteAsync(0, Filled(Sector, 3));
        Assert.True(unreadable.IsHealed);
        Assert.Equal(Filled(Sector, 3), await Read(file, Sector));
    });

    [Fact]
    public void A_lost_write_over_a_flipped_bit_leaves_the_bit_flipped() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Sector, 1));
        truth().FlipBit(3, 7);
        truth().Disk.LoseWrites(1);
        await file.WriteAsync(0, Filled(Sector, 2));
        Assert.Equal([1, 1, 1, 129, 1], (await Read(file, Sector)).Take(5));
        truth().FlipBit(4, 6);
        Assert.Equal([1, 1, 1, 129, 65], (await Read(file, Sector)).Take(5));
    });

    [Fact]
    public void A_misdirected_write_leaves_its_place_stale_and_another_one_foreign()
    {
        var places = new SortedSet<long>();
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed });
            world.Run(async () =>
            {
                var disk = world.Harness.Life!.Disk;
                var (_, file) = await disk.OpenAsync("data", OpenMode.New);
                await file!.WriteAsync(0, Filled(5 * Block, 1));
                var fault = disk.Disk.MisdirectWrites(1);
                await file.WriteAsync(2 * Block, Filled(Block, 2));

                var (stale, foreign) = (fault.Damages[0], fault.Damages[1]);
                Assert.Equal((DamageKind.StaleBytes, 2 * Block), (stale.Kind, stale.Offset));
                Assert.Equal((DamageKind.ForeignBytes, 0L), (foreign.Kind, foreign.Offset % Block));
                places.Add(foreign.Offset / Block);
                var bytes = await Read(file, 5 * Block);
                Assert.Equal(Filled(Block, 1), bytes.AsSpan(2 * Block, Block));
                Assert.Equal(Filled(Block, 2), bytes.AsSpan((int)foreign.Offset, Block));
                Assert.Equal(Block, bytes.Count(static b => b == 2));
                Assert.Equal((1, 1), (stale.Met, foreign.Met));

                await file.WriteAsync(foreign.Offset, Filled(Block, 1));
                Assert.True(foreign.IsHealed);
                Assert.False(stale.IsHealed);
                Assert.False(fault.IsHealed);
                await file.WriteAsync(2 * Block, Filled(Block, 2));
                Assert.True(fault.IsHealed);
            });
        }

        Assert.Equal([0, 1, 3, 4], places);
    }

    [Fact]
    public void A_misdirected_write_makes_an_unreadable_place_readable_as_what_it_is_not() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(2 * Sector, 1));
        var unreadable = truth().MakeUnreadable(0, Sector);
        truth().Disk.MisdirectWrites(1);
        await file.WriteAsync(Sector, Filled(Sector, 2));
        Assert.True(unreadable.IsHealed);
        Assert.Equal("21", Digits(await Read(file, 2 * Sector)));
        Assert.Equal("12", Digits(TruthOf(truth(), 2 * Sector)));
    });

    [Fact]
    public void Where_there_is_no_other_place_the_write_goes_right_and_the_fault_waits() => OnFile(async (truth, file) =>
    {
        await file.WriteAsync(0, Filled(Block, 1));
        var fault = truth().Disk.MisdirectWrites(1);
        await file.WriteAsync(0, Filled(Block, 2));
        Assert.Equal(Filled(Block, 2), await Read(file, Block));
        Assert.Equal(1, fault.Remaining);
    });

    [Fact]
    public void A_lost_write_that_was_flushed_stays_lost_after_every_crash() => AcrossACrash(
        async (data, file) =>
        {
            await file.WriteAsync(0, Filled(2 * Sector, 1));
            data.Disk.LoseWrites(1);
            await file.WriteAsync(0, Filled(2 * Sector, 2));
            await file.FlushAsync();
        },
        async (data, file) =>
        {
            Assert.Equal("22", Digits(TruthOf(data, 2 * Sector)));
            Assert.Equal("11", Digits(await Read(file, 2 * Sector)));
        });

    [Fact]
    public void A_lost_write_that_was_not_flushed_is_gone_with_a_crash_and_so_is_its_damage() => AcrossACrash(
        async (data, file) =>
        {
            await file.WriteAsync(0, Filled(2 * Sector, 1));
            await file.FlushAsync();
            data.Disk.LoseWrites(1);
            await file.WriteAsync(0, Filled(2 * Sector, 2));
        },
        async (data, file) =>
        {
            Assert.Equal("11", Digits(TruthOf(data, 2 * Sector)));
            Assert.Equal("11", Digits(await Read(file, 2 * Sector)));
            Assert.Empty(data.Damages);
        });

    [Fact]
    public void A_hole_that_a_lost_write_left_under_a_later_one_is_damage_after_the_crash()
    {
        var holes = 0;
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                data.Disk.LoseWrites(1);
                await file.WriteAsync(0, Filled(Sector, 2));
                await file.WriteAsync(0, Filled(100, 3));
            },
            async (data, file) =>
            {
                // The second write survived, so the first should have: what a file may read after a crash is a prefix.
                var hole = TruthOf(data, 1)[0] == 3;
                holes += hole ? 1 : 0;
                Assert.Equal(hole, data.IsDamaged(100, Sector - 100));
                Assert.False(data.IsDamaged(0, 100));
                Assert.Equal(Filled(Sector - 100, 1), (await Read(file, Sector))[100..]);
            });

        Assert.True(holes > 20, $"{holes} holes");
    }

    [Fact]
    public void A_write_that_healed_a_lost_one_and_is_lost_in_a_crash_brings_the_damage_back()
    {
        var (back, healed) = (0, 0);
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                data.Disk.LoseWrites(1);
                await file.WriteAsync(0, Filled(Sector, 2));
                await file.FlushAsync();
                await file.WriteAsync(0, Filled(Sector, 2));
                Assert.False(data.IsDamaged(0, Sector));
            },
            async (data, file) => _ = Digits(await Read(file, Sector)) == "1" ? back++ : healed++);

        Assert.True(back > 20 && healed > 20, $"{back} back, {healed} healed");
    }

    [Fact]
    public void Foreign_bytes_are_there_after_every_crash_even_if_the_write_itself_is_undone() => AcrossACrash(
        async (data, file) =>
        {
            await file.WriteAsync(0, Filled(2 * Sector, 1));
            await file.FlushAsync();
            data.Disk.MisdirectWrites(1);
            await file.WriteAsync(0, Filled(Sector, 2));
        },
        async (data, file) =>
        {
            Assert.Equal("11", Digits(TruthOf(data, 2 * Sector)));
            Assert.Equal("12", Digits(await Read(file, 2 * Sector)));
            Assert.Equal(DamageKind.ForeignBytes, Assert.Single(data.Damages).Kind);
        });

    [Fact]
    public void A_lost_write_between_two_others_leaves_no_trace_in_any_crash()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                await file.WriteAsync(0, Filled(Sector, 2));
                data.Disk.LoseWrites(1);
                await file.WriteAsync(0, Filled(Sector, 3));
                await file.WriteAsync(0, Filled(Sector, 4));
            },
            async (data, file) =>
            {
                found.Add(Digits(await Read(file, Sector)));
                Assert.Equal(Digits(TruthOf(data, Sector)), Digits(await Read(file, Sector)));
                Assert.Empty(data.Damages);
            });

        Assert.Equal(["1", "2", "4"], found);
    }

    [Fact]
    public void Foreign_bytes_over_a_lost_write_are_all_that_is_left_of_it_whatever_a_crash_undoes()
    {
        var truths = new SortedSet<string>(StringComparer.Ordinal);
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(2 * Sector, 1));
                data.Disk.LoseWrites(1);
                await file.WriteAsync(0, Filled(Sector, 2));
                await file.FlushAsync();
                await file.WriteAsync(0, Filled(Sector, 3));
                data.Disk.MisdirectWrites(1);
                await file.WriteAsync(Sector, Filled(Sector, 2));
            },
            async (data, file) =>
            {
                truths.Add(Digits(TruthOf(data, 2 * Sector)));
                Assert.Equal("21", Digits(await Read(file, 2 * Sector)));
            });

        Assert.Equal(["21", "31"], truths);
    }

    [Fact]
    public void Foreign_bytes_beyond_the_end_that_a_crash_left_are_gone()
    {
        var cut = 0;
        AcrossACrash(
            async (data, file) =>
            {
                await file.WriteAsync(0, Filled(Sector, 1));
                await file.FlushAsync();
                await file.WriteAsync(Sector, Filled(Sector, 1));
                data.Disk.MisdirectWrites(1);
                await file.WriteAsync(0, Filled(Sector, 2));
            },
            async (data, file) =>
            {
                var isCut = data.Length == Sector;
                cut += isCut ? 1 : 0;
                Assert.Equal(isCut ? "10" : "12", Digits(await Read(file, 2 * Sector)));
                Assert.Equal(!isCut, data.IsDamaged(0, 2 * Sector));
            });

        Assert.InRange(cut, 20, 180);
    }

    /// <summary>Against a plain array of what a device would hold: what is read is that, and wrong exactly where it is damaged.</summary>
    [Fact]
    public void Any_mixture_of_faults_reads_as_a_device_would_and_is_called_damaged_exactly_where_it_is_wrong()
    {
        const int Size = 6 * Sector;
        var wrong = 0;
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var dice = new Dice(seed, "mixture");
            OnFile(async (truth, file) =>
            {
                var device = new byte[Size];
                await file.TruncateAsync(Size);
                for (var i = 0; i < 40; i++)
                {
                    var bytes = Filled(dice.Next(1, 3) * 200, (byte)dice.Next(4));
                    var offset = dice.Next((Size - bytes.Length) / 100) * 100;
                    var fault = dice.Next(3) switch
                    {
                        0 => truth().Disk.LoseWrites(1),
                        1 => truth().Disk.MisdirectWrites(1),
                        _ => null,
                    };
                    var changes = !device.AsSpan(offset, bytes.Length).SequenceEqual(bytes);
                    await file.WriteAsync(offset, bytes);
                    if (fault is null || !changes)
                    {
                        bytes.CopyTo(device, offset);
                    }
                    else if (fault.Damages.FirstOrDefault(static damage => damage.Kind == DamageKind.ForeignBytes) is { } foreign)
                    {
                        bytes.CopyTo(device, (int)foreign.Offset);
                    }

                    fault?.Disarm();
                    if (dice.Next(4) == 0)
                    {
                        await file.FlushAsync();
                    }

                    var read = await Read(file, Size);
                    if (fault is { Kind: WriteFaultKind.Misdirected, Damages.Count: 1 })
                    {
                        // The other place was to hold these bytes anyway: no damage tells which one it was.
                        device = read;
                    }

                    Assert.Equal(device, read);
                }

                wrong += RequireDamageExactlyWhereWrong(truth(), await Read(file, Size)) ? 1 : 0;
            });
        }

        Assert.True(wrong > 90, $"only {wrong} of 100 files were damaged");
    }

    [Fact]
    public void After_a_crash_too_it_is_called_damaged_exactly_where_it_is_wrong()
    {
        const int Size = 4 * Sector;
        var wrong = 0;
        var dice = new Dice(1, "stories");
        AcrossACrash(
            async (data, file) =>
            {
                await file.TruncateAsync(Size);
                await file.FlushAsync();
                for (var i = 0; i < 30; i++)
                {
                    var bytes = Filled(dice.Next(1, 5) * 150, (byte)dice.Next(4));
                    var offset = dice.Next((Size - bytes.Length) / 50) * 50;
                    var fault = dice.Next(4) switch
                    {
                        0 => data.Disk.LoseWrites(1),
                        1 => data.Disk.MisdirectWrites(1),
                        _ => null,
                    };
                    await file.WriteAsync(offset, bytes);
                    fault?.Disarm();
                    if (dice.Next(8) == 0)
                    {
                        await file.FlushAsync();
                    }
                    else if (dice.Next(10) == 0)
                    {
                        await file.TruncateAsync(Size / 2);
                        await file.TruncateAsync(Size);
                    }
                }
            },
            async (data, file) =>
            {
                wrong += RequireDamageExactlyWhereWrong(data, await Read(file, Size)) ? 1 : 0;
                Assert.Equal(data.Damages.Distinct(), data.Damages);
                await file.WriteAsync(0, Filled(Size, 9));
                Assert.Empty(data.Damages);
                Assert.Equal(Filled(Size, 9), await Read(file, Size));
            });

        Assert.True(wrong > 100, $"only {wrong} of 200 files were damaged");
    }

    /// <returns>Whether anything is wrong.</returns>
    private static bool RequireDamageExactlyWhereWrong(SimFile file, byte[] read)
    {
        var truth = TruthOf(file, read.Length);
        for (var at = 0; at < read.Length; at++)
        {
            Assert.True(read[at] != truth[at] == file.IsDamaged(at, 1), $"byte {at} reads {read[at]}, should be {truth[at]}");
        }

        return !truth.AsSpan().SequenceEqual(read);
    }
}
