namespace Raid5Verify.Simulation.Tests.Hosts;

public sealed class HostTests
{
    private readonly World _world = new(new WorldOptions());

    [Fact]
    public void After_a_crash_nothing_of_the_old_life_runs_not_even_finally()
    {
        var host = _world.AddHost("host");
        var ran = new List<string>();
        _world.Run(async () =>
        {
            host.Start(async life =>
            {
                try
                {
                    ran.Add("begun");
                    await Task.Delay(TimeSpan.FromSeconds(2), life.Clock);
                    ran.Add("continued");
                }
                finally
                {
                    ran.Add("finally");
                }
            });
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
            host.Crash();
            await Task.Delay(TimeSpan.FromSeconds(10), _world.Clock);
        });

        Assert.Equal(["begun"], ran);
        Assert.False(host.IsUp);
    }

    [Fact]
    public void A_step_that_crashes_its_own_host_finds_every_door_shut()
    {
        var host = _world.AddHost("host");
        var continued = false;
        _world.Run(async () =>
        {
            host.Start(async life =>
            {
                var (_, file) = await life.Disk.OpenAsync("data", OpenMode.New);
                await life.Disk.FlushFolderAsync();
                host.Crash();
                await file!.WriteAsync(0, new byte[10]);
                continued = true;
            });
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
        });

        Assert.False(continued);
        Assert.Equal(0, host.Disk.Files["data"].Length);
    }

    [Fact]
    public void A_restart_runs_the_program_again_in_a_new_life_over_the_same_disk()
    {
        var host = _world.AddHost("host");
        var lives = new List<(int Life, long Length)>();
        _world.Run(async () =>
        {
            host.Start(async life =>
            {
                var (_, file) = await life.Disk.OpenAsync("log", OpenMode.Any);
                await life.Disk.FlushFolderAsync();
                lives.Add((life.Number, await file!.LengthAsync()));
                await file.WriteAsync(await file.LengthAsync(), new byte[1]);
                await file.FlushAsync();
            });
            for (var i = 0; i < 2; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
                host.Crash();
                host.Restart();
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
        });

        Assert.Equal([(1, 0L), (2, 1L), (3, 2L)], lives);
    }

    [Fact]
    public void A_paused_host_does_nothing_until_it_is_resumed_and_then_everything_that_fell_due()
    {
        var host = _world.AddHost("host");
        var ticks = new List<TimeSpan>();
        _world.Run(async () =>
        {
            host.Start(async life =>
            {
                for (var i = 0; i < 3; i++)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), life.Clock);
                    ticks.Add(_world.Now);
                }
            });
            await Task.Delay(TimeSpan.FromSeconds(1.5), _world.Clock);
            host.Pause();
            await Task.Delay(TimeSpan.FromSeconds(60), _world.Clock);
            Assert.Single(ticks);
            host.Resume();
            await Task.Delay(TimeSpan.FromSeconds(10), _world.Clock);
        });

        Assert.Equal(3, ticks.Count);
        Assert.InRange(ticks[1], TimeSpan.FromSeconds(61.5), TimeSpan.FromSeconds(61.6));
    }

    [Fact]
    public void A_lost_host_never_comes_back()
    {
        var host = _world.AddHost("host");
        var failure = Assert.Throws<SimulationException>(() => _world.Run(async () =>
        {
            host.Start(_ => Task.CompletedTask);
            await Task.Yield();
            host.Lose();
            host.Restart();
        }));

        Assert.Equal(SimulationFailure.Misuse, failure.Failure);
    }

    [Fact]
    public void A_fast_clock_fires_its_timers_early_by_the_worlds_time()
    {
        var host = _world.AddHost("host");
        var took = TimeSpan.Zero;
        DateTimeOffset shown = default;
        _world.Run(async () =>
        {
            host.SetClock(skew: TimeSpan.FromHours(-1), driftPpm: 100_000);
            var ended = new TaskCompletionSource();
            host.Start(async life =>
            {
                await Task.Delay(TimeSpan.FromSeconds(11), life.Clock);
                took = _world.Now;
                shown = life.Clock.GetUtcNow();
                ended.SetResult();
            });
            await ended.Task;
        });

        Assert.InRange(took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.01));
        Assert.InRange(
            shown - _world.Clock.GetUtcNow(), TimeSpan.FromHours(-1) + TimeSpan.FromSeconds(0.99), TimeSpan.FromHours(-1) + TimeSpan.FromSeconds(1.01));
    }

    [Fact]
    public void A_slow_clock_fires_its_timers_late_by_the_worlds_time_once_or_again_and_again()
    {
        var host = _world.AddHost("host");
        var due = new List<double>();
        _world.Run(async () =>
        {
            host.SetClock(skew: TimeSpan.Zero, driftPpm: -500_000);
            var ended = new TaskCompletionSource();
            host.Start(async life =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), life.Clock);
                due.Add(_world.Now.TotalSeconds);
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), life.Clock);
                for (var tick = 0; tick < 2; tick++)
                {
                    await timer.WaitForNextTickAsync();
                    due.Add(_world.Now.TotalSeconds);
                }

                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), life.Clock);
                var cancelled = new TaskCompletionSource();
                using var registration = patience.Token.Register(cancelled.SetResult);
                await cancelled.Task;
                due.Add(_world.Now.TotalSeconds);
                ended.SetResult();
            });
            await ended.Task;
        });

        Assert.Equal([2, 6, 10, 12], due.Select(static seconds => Math.Round(seconds, 2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_of_the_clock_changes_the_time_of_day_and_neither_timers_nor_time_elapsed(int hours)
    {
        var host = _world.AddHost("host");
        var jump = TimeSpan.FromHours(hours);
        var shown = TimeSpan.Zero;
        var elapsed = TimeSpan.Zero;
        var took = TimeSpan.Zero;
        _world.Run(async () =>
        {
            var ended = new TaskCompletionSource();
            host.Start(async life =>
            {
                var (timestamp, timeOfDay) = (life.Clock.GetTimestamp(), life.Clock.GetUtcNow());
                await Task.Delay(TimeSpan.FromSeconds(10), life.Clock);
                elapsed = life.Clock.GetElapsedTime(timestamp);
                shown = life.Clock.GetUtcNow() - timeOfDay;
                took = _world.Now;
                ended.SetResult();
            });
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
            host.SetClock(jump, driftPpm: 0);
            await ended.Task;
        });

        Assert.InRange(took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.01));
        Assert.InRange(elapsed, TimeSpan.FromSeconds(9.99), TimeSpan.FromSeconds(10.01));
        Assert.InRange(shown - jump, TimeSpan.FromSeconds(9.99), TimeSpan.FromSeconds(10.01));
    }

    [Fact]
    public void A_clock_that_changes_its_pace_never_goes_back_and_its_running_timers_keep_their_due_times()
    {
        var host = _world.AddHost("host");
        var shown = new List<TimeSpan>();
        var fired = TimeSpan.Zero;
        _world.Run(async () =>
        {
            host.Start(async life =>
            {
                await Task.Delay(TimeSpan.FromSeconds(10), life.Clock);
                fired = _world.Now;
            });
            await Task.Yield();
            var begun = host.Life!.Clock.GetTimestamp();
            foreach (var drift in new[] { 500_000, -500_000, 0 })
            {
                host.SetClock(TimeSpan.Zero, drift);
                shown.Add(host.Life.Clock.GetElapsedTime(begun));
                await Task.Delay(TimeSpan.FromSeconds(4), _world.Clock);
            }

            shown.Add(host.Life.Clock.GetElapsedTime(begun));
        });

        Assert.Equal([0, 6, 8, 12], shown.Select(static time => Math.Round(time.TotalSeconds, 2)));
        Assert.InRange(fired, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.01));
    }
}
