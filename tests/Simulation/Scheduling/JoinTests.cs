using Raid5Verify.Simulation.Tests.Network;

namespace Raid5Verify.Simulation.Tests.Scheduling;

/// <summary>What the doors of the simulation hand out can be awaited together, with no async method in between.</summary>
public sealed class JoinTests
{
    [Fact]
    public void Spawned_tasks_can_be_awaited_together()
    {
        var world = new World(new WorldOptions());
        var life = world.Harness.Life!;
        var ended = 0;

        world.Run(() => Task.WhenAll(
            life.Spawn("one", () => SleepAsync(1)), life.Spawn("two", () => SleepAsync(2)), life.Spawn("three", () => SleepAsync(3))));

        Assert.Equal(3, ended);

        async Task SleepAsync(int seconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), world.Clock);
            ended++;
        }
    }

    [Fact]
    public void Calls_can_be_awaited_together_and_raced()
    {
        var cluster = new CounterCluster();

        cluster.Run(async client =>
        {
            var first = client.AddAsync(new AddRequest()).ResponseAsync;
            var second = client.AddAsync(new AddRequest()).ResponseAsync;
            await Task.WhenAny(first, second);
            await Task.WhenAll(first, second);
            Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        });
    }

    [Fact]
    public void Disk_calls_can_be_awaited_together()
    {
        var world = new World(new WorldOptions());
        var disk = world.Harness.Life!.Disk;

        world.Run(async () =>
        {
            var opened = await Task.WhenAll(disk.OpenAsync("one", OpenMode.New), disk.OpenAsync("two", OpenMode.New));
            Assert.All(opened, result => Assert.Equal(DiskStatus.Ok, result.Status));
        });
    }
}
