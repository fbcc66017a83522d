using Grpc.Core;
using Raid5Verify.Simulation.Tests.Network;

namespace Raid5Verify.Simulation.Tests.CrashPoints;

/// <summary>Each kind of crash point, and what a crash there leaves.</summary>
public sealed class CrashPointTests
{
    private const int Sector = SimFile.SectorSize;
    private const string Request = "request /counting.Counter/Add";
    private const string Reply = "reply /counting.Counter/Add";

    [Fact]
    public void Each_act_of_a_host_is_two_points_in_the_order_they_happen()
    {
        var log = new CrashPointLog();
        RunOnDisk(log, async disk =>
        {
            var (_, file) = await disk.OpenAsync("data", OpenMode.New);
            await disk.FlushFolderAsync();
            await file!.WriteAsync(Sector, new byte[7]);
            await file.FlushAsync();
            await file.ReadAsync(0, new byte[9]);
            await file.TruncateAsync(3);
            await disk.RenameAsync("data", "table");
            await file.LengthAsync();
        });

        Assert.Equal(
            [
                "host #0 before NameChange data", "host #1 after NameChange data",
                "host #2 before FolderFlush folder", "host #3 after FolderFlush folder",
                "host #4 before Write data", "host #5 after Write data",
                "host #6 before Flush data", "host #7 after Flush data",
                "host #8 before Read data", "host #9 after Read data",
                "host #10 before Truncate data", "host #11 after Truncate data",
                "host #12 before NameChange data", "host #13 after NameChange data",
                "host #14 before Query data", "host #15 after Query data",
            ],
            log.Points.Select(point => point.ToString()));
        Assert.Equal((Sector, 7), (log.Points[4].Offset, log.Points[4].Length));
    }

    [Fact]
    public void A_call_is_a_sending_and_a_receiving_on_either_side()
    {
        var log = new CrashPointLog();
        var cluster = new CounterCluster(new WorldOptions { CrashPoints = log });
        cluster.Run(async client => await client.AddAsync(new AddRequest()));

        Assert.Equal(
            [
                $"client #0 before Send {Request}", $"client #1 after Send {Request}",
                $"server #0 before Receive {Request}", $"server #1 after Receive {Request}",
                $"server #2 before Send {Reply}", $"server #3 after Send {Reply}",
                $"client #2 before Receive {Reply}", $"client #3 after Receive {Reply}",
            ],
            log.Points.Select(point => point.ToString()));
    }

    [Fact]
    public void A_crash_before_a_write_leaves_nothing_of_it_after_it_some_sectors()
    {
        var before = SectorsLeft(CrashMoment.Before, CrashPointKind.Write);
        var after = SectorsLeft(CrashMoment.After, CrashPointKind.Write);

        Assert.Equal(["1111"], before);
        Assert.Contains("1111", after);
        Assert.Contains("2222", after);
        Assert.True(after.Count > 8, "tearing has hardly happened");
    }

    [Fact]
    public void A_crash_before_a_flush_may_lose_what_it_covers_after_it_never()
    {
        var before = SectorsLeft(CrashMoment.Before, CrashPointKind.Flush);
        var after = SectorsLeft(CrashMoment.After, CrashPointKind.Flush);

        Assert.True(before.Count > 8, "tearing has hardly happened");
        Assert.Equal(["2222"], after);
    }

    [Fact]
    public void A_crash_before_a_truncation_leaves_the_length_after_it_either()
    {
        Assert.Equal([Sector], Lengths(CrashMoment.Before));
        Assert.Equal([3, Sector], Lengths(CrashMoment.After));

        static SortedSet<long> Lengths(CrashMoment moment) => Left(
            () => CrashPointLog.AtNth(1, moment, CrashPointKind.Truncate),
            async (_, file) =>
            {
                await file.WriteAsync(0, new byte[Sector]);
                await file.FlushAsync();
                await file.TruncateAsync(3);
            },
            host => host.Disk.Files["data"].Length);
    }

    [Fact]
    public void A_crash_before_a_rename_leaves_the_old_name_after_it_either_and_after_the_folders_flush_the_new_one()
    {
        Assert.Equal(["data"], Names(CrashMoment.Before, CrashPointKind.NameChange));
        Assert.Equal(["data", "table"], Names(CrashMoment.After, CrashPointKind.NameChange));
        Assert.Equal(["data", "table"], Names(CrashMoment.Before, CrashPointKind.FolderFlush));
        Assert.Equal(["table"], Names(CrashMoment.After, CrashPointKind.FolderFlush));

        static SortedSet<string> Names(CrashMoment moment, CrashPointKind kind) => Left(
            () => CrashPointLog.AtNth(2, moment, kind),
            async (disk, _) =>
            {
                await disk.RenameAsync("data", "table");
                await disk.FlushFolderAsync();
            },
            host => string.Join(' ', host.Disk.Files.Keys));
    }

    [Theory]
    [InlineData(CrashMoment.Before, 0)]
    [InlineData(CrashMoment.After, 1)]
    public void A_client_that_dies_before_it_sends_has_asked_for_nothing_after_it_the_server_acts(CrashMoment moment, int calls)
    {
        var log = CrashPointLog.AtPacket("client", moment, CrashPointKind.Send, Request);
        var cluster = Call(log, _ => Assert.Fail("a dead client got an answer"));

        Assert.Equal(calls, cluster.Service.Calls);
    }

    [Theory]
    [InlineData(CrashMoment.Before)]
    [InlineData(CrashMoment.After)]
    public void A_server_that_dies_as_a_request_arrives_never_begins_it(CrashMoment moment)
    {
        var answer = StatusCode.OK;
        var log = CrashPointLog.AtPacket("server", moment, CrashPointKind.Receive, Request);
        var cluster = Call(log, status => answer = status);

        Assert.Equal(0, cluster.Service.Calls);
        Assert.Equal(StatusCode.Unavailable, answer);
    }

    [Theory]
    [InlineData(CrashMoment.Before, StatusCode.DeadlineExceeded)]
    [InlineData(CrashMoment.After, StatusCode.OK)]
    public void A_server_that_dies_around_its_reply_has_acted_and_only_after_it_is_known(CrashMoment moment, StatusCode known)
    {
        var answer = StatusCode.Unknown;
        var log = CrashPointLog.AtPacket("server", moment, CrashPointKind.Send, Reply, CrashKind.Power);
        var cluster = Call(log, status => answer = status);

        Assert.Equal(1, cluster.Service.Calls);
        Assert.Equal(known, answer);
    }

    [Theory]
    [InlineData(CrashMoment.Before)]
    [InlineData(CrashMoment.After)]
    public void A_client_that_dies_as_the_reply_arrives_never_goes_on(CrashMoment moment)
    {
        var log = CrashPointLog.AtPacket("client", moment, CrashPointKind.Receive, Reply);
        var cluster = Call(log, _ => Assert.Fail("a dead client got an answer"));

        Assert.Equal(1, cluster.Service.Calls);
    }

    [Fact]
    public void A_counter_in_a_file_is_right_after_a_crash_at_every_point_there_is()
    {
        var dry = new CrashPointLog();
        Assert.Equal((Acknowledged: 5, Found: 5), CountToFive(dry, seed: 1));
        Assert.True(dry.Points.Count > 20, $"only {dry.Points.Count} points");
        for (var ordinal = 0; ordinal < dry.Points.Count; ordinal++)
        {
            for (ulong seed = 1; seed <= 10; seed++)
            {
                var log = new CrashPointLog { CrashIf = point => point.Ordinal == ordinal };
                var (acknowledged, found) = CountToFive(log, seed);
                Assert.Equal(ordinal, log.Struck?.Ordinal);
                Assert.True(
                    found == acknowledged || found == acknowledged + 1, $"{log.Struck}: {acknowledged} known, {found} left");
            }
        }
    }

    [Fact]
    public void A_program_that_flushes_too_late_is_caught_at_exactly_the_points_before_its_flush()
    {
        var caught = new SortedSet<string>(StringComparer.Ordinal);
        for (var ordinal = 0; ordinal < 30; ordinal++)
        {
            for (ulong seed = 1; seed <= 20; seed++)
            {
                var log = new CrashPointLog { CrashIf = point => point.Ordinal == ordinal };
                var acknowledged = 0;
                var host = RunOnDisk(log, seed, async disk =>
                {
                    var (_, file) = await disk.OpenAsync("data", OpenMode.New);
                    await disk.FlushFolderAsync();
                    await file!.WriteAsync(0, new byte[] { 1 });
                    acknowledged = 1;
                    await file.FlushAsync();
                });
                if (log.Struck is { } struck && acknowledged > ValueIn(host))
                {
                    caught.Add(struck.Describe());
                }
            }
        }

        Assert.Equal(["before Flush data"], caught);
    }

    [Fact]
    public void Being_observed_changes_nothing()
    {
        var log = new CrashPointLog();
        Assert.Equal(Hash(null), Hash(log));
        Assert.NotEmpty(log.Points);

        static ulong Hash(ICrashPoints? observer)
        {
            var cluster = new CounterCluster(new WorldOptions { CrashPoints = observer });
            return cluster.Run(async client =>
            {
                var (_, file) = await cluster.Client.Life!.Disk.OpenAsync("data", OpenMode.Any);
                await file!.WriteAsync(0, new byte[10]);
                await client.AddAsync(new AddRequest { Amount = 1 });
            }).Hash;
        }
    }

    [Fact]
    public void A_run_up_to_a_point_is_the_run_without_the_crash()
    {
        var dry = new CrashPointLog();
        CountToFive(dry, seed: 3);
        var crashed = new CrashPointLog { CrashIf = static point => point.Ordinal == 20 };
        CountToFive(crashed, seed: 3);

        Assert.Equal(
            dry.Points.Take(21).Select(point => point.ToString()), crashed.Points.Take(21).Select(point => point.ToString()));
    }

    [Fact]
    public void A_host_may_be_crashed_and_started_again_at_any_point_of_its_old_life()
    {
        for (var ordinal = 0; ordinal < 24; ordinal++)
        {
            var log = new CrashPointLog { CrashIf = point => point.Ordinal == ordinal, RestartAtOnce = true };
            var (acknowledged, found) = CountToFive(log, seed: 1);
            Assert.NotNull(log.Struck);
            Assert.Equal((5, 5), (acknowledged, found));
            Assert.Equal(
                Enumerable.Range(0, log.Points.Count).Select(static i => (long)i), log.Points.Select(point => point.Ordinal));
        }
    }

    [Fact]
    public void A_point_at_which_a_host_died_is_in_the_trace()
    {
        var sink = new LastOfKind(TraceKind.DiedAtPoint);
        var log = CrashPointLog.AtNth(1, CrashMoment.After, CrashPointKind.NameChange);
        RunOnDisk(log, 1, async disk => await disk.OpenAsync("data", OpenMode.New), sink);

        Assert.Equal("after NameChange data", sink.Last?.Detail?.Text);
        Assert.Equal(1, sink.Last?.A);
    }

    /// <summary>Over one counter, in a file that is written and flushed in turns: what was acknowledged, and what is left.</summary>
    private static (int Acknowledged, int Found) CountToFive(CrashPointLog log, ulong seed)
    {
        var acknowledged = 0;
        var host = RunOnDisk(log, seed, async disk =>
        {
            var (_, file) = await disk.OpenAsync("data", OpenMode.Any);
            await disk.FlushFolderAsync();
            var value = new byte[1];
            await file!.ReadAsync(0, value);
            while (value[0] < 5)
            {
                value = [(byte)(value[0] + 1)];
                await file.WriteAsync(0, value);
                await file.FlushAsync();
                acknowledged = value[0];
            }

            acknowledged = value[0];
        });
        return (acknowledged, ValueIn(host));
    }

    private static int ValueIn(Host host)
    {
        var value = new byte[1];
        host.Disk.Files.GetValueOrDefault("data")?.Peek(0, value);
        return value[0];
    }

    /// <summary>What is left of four sectors of ones, flushed, that are being written over with twos.</summary>
    private static SortedSet<string> SectorsLeft(CrashMoment moment, CrashPointKind kind)
    {
        return Left(
            () => CrashPointLog.AtNth(2, moment, kind),
            async (_, file) =>
            {
                await file.WriteAsync(0, Filled(1));
                await file.FlushAsync();
                await file.WriteAsync(0, Filled(2));
                await file.FlushAsync();
            },
            host =>
            {
                var bytes = new byte[4 * Sector];
                host.Disk.Files["data"].Peek(0, bytes);
                return string.Concat(bytes.Chunk(Sector).Select(static sector => sector.Distinct().Single()));
            });

        static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 4 * Sector)];
    }

    /// <summary>What 100 seeds leave of a story over a file that was created durably.</summary>
    private static SortedSet<T> Left<T>(Func<CrashPointLog> crash, Func<DiskHandle, FileHandle, Task> story, Func<Host, T> look)
    {
        var left = new SortedSet<T>();
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var log = crash();
            var host = RunOnDisk(log, seed, async disk =>
            {
                var (_, file) = await disk.OpenAsync("data", OpenMode.New);
                await disk.FlushFolderAsync();
                await story(disk, file!);
                Assert.Fail("the program outlived its crash");
            });
            Assert.NotNull(log.Struck);
            left.Add(look(host));
        }

        return left;
    }

    private static void RunOnDisk(CrashPointLog log, Func<DiskHandle, Task> program) => RunOnDisk(log, 1, program);

    private static Host RunOnDisk(CrashPointLog log, ulong seed, Func<DiskHandle, Task> program, ITraceSink? sink = null)
    {
        var world = new World(new WorldOptions { Seed = seed, CrashPoints = log, TraceSink = sink });
        var host = world.AddHost("host");
        world.Run(async () =>
        {
            host.Start(life => program(life.Disk));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        });
        return host;
    }

    /// <summary>One call of the client, with a second to answer, and another second for what is still on its way.</summary>
    private static CounterCluster Call(CrashPointLog log, Action<StatusCode> answered)
    {
        var cluster = new CounterCluster(new WorldOptions { CrashPoints = log });
        cluster.RunFor(TimeSpan.FromSeconds(2), async client =>
        {
            try
            {
                await client.AddAsync(new AddRequest(), deadline: cluster.World.Clock.GetUtcNow().UtcDateTime.AddSeconds(1));
                answered(StatusCode.OK);
            }
            catch (RpcException ended)
            {
                answered(ended.StatusCode);
            }
        });
        Assert.NotNull(log.Struck);
        return cluster;
    }

    private sealed class LastOfKind(TraceKind kind) : ITraceSink
    {
        public TraceEvent? Last { get; private set; }

        public void Record(in TraceEvent happened, ulong hash)
        {
            if (happened.Kind == kind)
            {
                Last = happened;
            }
        }
    }
}
