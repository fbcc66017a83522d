using Raid5Verify.Simulation.Tests.Network;

namespace Raid5Verify.Simulation.Tests;

/// <summary>A simulation that can no longer vouch for its order says so, and names who broke it.</summary>
public sealed class LoudFailureTests
{
    /// <summary>Other tests keep the pool busy: what escapes to it may be slow to come back.</summary>
    private static readonly WorldOptions WhileThePoolIsBusy = new() { EscapeGrace = TimeSpan.FromMinutes(2) };

    [Fact]
    public void Work_on_the_thread_pool_is_an_escape()
    {
        var failure = FailureOf(world => async () => await Task.Run(() => Task.Delay(1)), WhileThePoolIsBusy);

        Assert.Equal(SimulationFailure.Escape, failure.Failure);
        Assert.Contains("harness", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigureAwait_false_is_an_escape_at_the_next_door()
    {
        var failure = FailureOf(
            world => async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Clock).ConfigureAwait(false);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
            },
            WhileThePoolIsBusy);

        Assert.Equal(SimulationFailure.Escape, failure.Failure);
    }

    [Fact]
    public void A_timer_that_a_crash_left_to_the_finalizer_changes_nothing()
    {
        var world = new World(new WorldOptions());
        var host = world.AddHost("host");
        world.Run(async () =>
        {
            host.Start(async life =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), life.Clock);
                while (await timer.WaitForNextTickAsync())
                {
                }
            });
            await Task.Delay(TimeSpan.FromSeconds(3), world.Clock);
            host.Crash();
            await Task.Delay(TimeSpan.FromSeconds(3), world.Clock);
        });

        // A finalizer that threw would end the process.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void Dice_on_another_thread_are_an_escape()
    {
        var failure = FailureOf(world => () =>
        {
            var dice = world.Dice.Fork("mine");
            var thread = new Thread(() => Assert.Throws<SimulationException>(() => dice.Next()));
            thread.Start();
            // Joined by polling: a join would be a blocking wait, which is another failure.
            while (thread.IsAlive)
            {
            }

            return Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        });

        Assert.Equal(SimulationFailure.Escape, failure.Failure);
    }

    [Fact]
    public void Waiting_for_a_simulated_task_without_await_is_a_blocking_wait()
    {
        var failure = FailureOf(world => () =>
        {
            Task.Delay(TimeSpan.FromSeconds(1), world.Clock).Wait(1000);
            return Task.CompletedTask;
        });

        Assert.Equal(SimulationFailure.BlockingWait, failure.Failure);
    }

    [Fact]
    public void A_deadlock_names_who_waits_for_what()
    {
        var failure = FailureOf(world => () => WaitForever(new TaskCompletionSource()));

        Assert.Equal(SimulationFailure.Deadlock, failure.Failure);
        Assert.Contains("harness/root waits", failure.Message, StringComparison.Ordinal);
        Assert.Contains("LoudFailureTests.WaitForever → LoudFailureTests.WaitDeeper", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deadlock_names_the_calls_that_nobody_answers()
    {
        var cluster = new CounterCluster(new WorldOptions { EscapeGrace = TimeSpan.Zero })
        {
            Before = (_, _) => new TaskCompletionSource().Task,
        };
        var failure = Assert.Throws<SimulationException>(() => cluster.Run(async client => await client.AddAsync(new AddRequest())));

        Assert.Equal(SimulationFailure.Deadlock, failure.Failure);
        Assert.Contains("/counting.Counter/Add of client to server", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_without_end_at_one_instant_are_an_endless_loop()
    {
        var world = new World(new WorldOptions { MaxStepsAtOneInstant = 1000 });
        var failure = Assert.Throws<SimulationException>(() => world.Run(async () =>
        {
            while (true)
            {
                await Task.Yield();
            }
        }));

        Assert.Equal(SimulationFailure.EndlessLoop, failure.Failure);
    }

    [Fact]
    public void A_root_that_waits_for_ever_beside_a_ticking_timer_is_an_endless_loop()
    {
        var failure = FailureOf(world => async () =>
        {
            _ = world.Harness.Life!.Spawn("ticking", async () =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), world.Clock);
                while (await timer.WaitForNextTickAsync())
                {
                }
            });
            await WaitForever(new TaskCompletionSource());
        });

        Assert.Equal(SimulationFailure.EndlessLoop, failure.Failure);
        Assert.Contains("harness/root waits", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_never_ends_is_noticed_by_the_watchdog()
    {
        using var stuck = new ManualResetEventSlim();
        IReadOnlyList<TraceEvent> last = [];
        var named = "";
        using var watchdog = new Watchdog(TimeSpan.FromMilliseconds(20), (world, what) =>
        {
            last = world.Trace.LastEvents();
            named = what;
            stuck.Set();
        });
        var world = new World(new WorldOptions());
        world.Run(async () =>
        {
            await Task.Yield();
            using var observed = watchdog.Observe(world, "a loop");
            while (!stuck.IsSet)
            {
            }
        });

        Assert.Contains(last, happened => happened.Kind == TraceKind.Step);
        Assert.Equal("a loop", named);
    }

    [Fact]
    public void A_handler_that_throws_fails_the_run()
    {
        var cluster = new CounterCluster { Before = (_, _) => throw new InvalidOperationException("a bug") };
        var failure = Assert.Throws<SimulationException>(() => cluster.Run(async client => await client.AddAsync(new AddRequest())));

        Assert.Equal(SimulationFailure.UnhandledException, failure.Failure);
        Assert.Contains("a bug", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_background_task_that_throws_fails_the_run()
    {
        var failure = FailureOf(world => async () =>
        {
            _ = world.Harness.Life!.Spawn("careless", () => throw new InvalidOperationException("a bug"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        });

        Assert.Equal(SimulationFailure.UnhandledException, failure.Failure);
        Assert.Contains("careless", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_buffer_that_changes_under_a_write_fails_the_run()
    {
        var failure = FailureOf(world => async () =>
        {
            var (_, file) = await world.Harness.Life!.Disk.OpenAsync("data", OpenMode.New);
            var buffer = new byte[16];
            var write = file!.WriteAsync(0, buffer);
            buffer[3] = 1;
            await write;
        });

        Assert.Equal(SimulationFailure.BufferChanged, failure.Failure);
    }

    private static async Task WaitForever(TaskCompletionSource never) => await WaitDeeper(never);

    private static async Task WaitDeeper(TaskCompletionSource never) => await never.Task;

    private static SimulationException FailureOf(Func<World, Func<Task>> story, WorldOptions? options = null)
    {
        var world = new World(options ?? new WorldOptions());
        return Assert.Throws<SimulationException>(() => world.Run(story(world)));
    }
}
