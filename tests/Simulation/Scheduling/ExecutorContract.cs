using Raid5Fs.Execution;

namespace Raid5Verify.Simulation.Tests.Scheduling;

/// <summary>
/// What Core may count on wherever it runs: the same stories, told to the simulation's scheduler and to the serial
/// executor of production.
/// </summary>
public abstract class ExecutorContract
{
    [Fact]
    public void Every_continuation_runs_on_the_one_thread() => Run(async clock =>
    {
        var thread = Environment.CurrentManagedThreadId;
        await Task.Yield();
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        using var gate = new SemaphoreSlim(0);
        var waiting = gate.WaitAsync();
        gate.Release();
        await waiting;
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(1), clock), new TaskCompletionSource().Task);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), clock);
        await timer.WaitForNextTickAsync();
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
    });

    [Fact]
    public void Completing_a_task_never_runs_its_awaiter_inside_the_step_that_completes_it() => Run(async clock =>
    {
        var source = new TaskCompletionSource();
        var awaiterRan = false;
        var awaiter = Await();
        await Task.Yield();
        source.SetResult();
        Assert.False(awaiterRan);
        await awaiter;
        Assert.True(awaiterRan);

        async Task Await()
        {
            await source.Task;
            awaiterRan = true;
        }
    });

    [Fact]
    public void Steps_of_two_tasks_never_overlap() => Run(async clock =>
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(1, ++inside);
                inside--;
                await Task.Yield();
            }
        }));
    });

    [Fact]
    public void A_timeout_cancels_through_the_injected_clock() => Run(async clock =>
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(2), clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Task.Delay(TimeSpan.FromMinutes(1), clock, timeout.Token));
    });

    [Fact]
    public void What_the_work_throws_reaches_its_caller() =>
        Assert.Throws<InvalidOperationException>(() => Run(async clock =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }));

    protected abstract void Run(Func<TimeProvider, Task> work);
}

public sealed class ExecutorContractInSimulation : ExecutorContract
{
    protected override void Run(Func<TimeProvider, Task> work)
    {
        var world = new World(new WorldOptions());
        world.Run(() => work(world.Clock));
    }
}

public sealed class ExecutorContractInProduction : ExecutorContract
{
    [Fact]
    public async Task Work_of_many_threads_is_done_one_step_at_a_time()
    {
        await using var executor = new SerialExecutor("test");
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => executor.RunAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var before = count;
                count = before + 1;
                await Task.Yield();
            }
        }))));

        Assert.Equal(1600, count);
    }

    [Fact]
    public async Task A_caller_resumes_on_its_own_thread_not_on_the_executors()
    {
        await using var executor = new SerialExecutor("test");
        await executor.RunAsync(async () => await Task.Yield());

        Assert.False(executor.IsCurrent);
    }

    [Fact]
    public async Task Stopping_waits_for_the_work_that_runs_and_refuses_more()
    {
        var executor = new SerialExecutor("test");
        var ended = false;
        var work = executor.RunAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await Task.Yield();
            }

            ended = true;
        });
        await executor.DisposeAsync();

        Assert.True(ended);
        await work;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => executor.RunAsync(() => Task.CompletedTask));
    }

    protected override void Run(Func<TimeProvider, Task> work) => RunAsync(work).GetAwaiter().GetResult();

    private static async Task RunAsync(Func<TimeProvider, Task> work)
    {
        await using var executor = new SerialExecutor("test");
        await executor.RunAsync(() => work(TimeProvider.System));
    }
}
