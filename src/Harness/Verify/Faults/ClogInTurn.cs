using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// The ways to several servers are clogged one after the other, and let go one after the other, in another order: what the
/// client sent to all at once arrives at very different times.
/// </summary>
public sealed record ClogInTurn : Fault
{
    /// <summary>How many servers, if there are so many; the dice say which ones.</summary>
    [Subject]
    [Between(2, 32)]
    public required int Servers { get; init; }

    /// <summary>The most time between one and the next, drawn anew each time.</summary>
    [Between(0, 60_000)]
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long all of them are clogged.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan For { get; init; }

    internal static ClogInTurn Draw(Draft draft) => new()
    {
        Servers = draft.Dice.Next(2, draft.Cluster.Servers + 1),
        Every = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(draft.Chance(4) ? 50 : 5)),
        For = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(draft.Chance(4) ? 200 : 40)),
    };

    internal override FaultPlan Plan(FaultScene scene)
    {
        int count = Math.Min(Servers, scene.Cluster.Servers.Count);
        int[] servers = [.. Enumerable.Range(0, scene.Cluster.Servers.Count)];
        scene.Dice.Shuffle(servers);
        servers = servers[..count];
        return new FaultPlan(
            (2 * count * Every) + For <= scene.Cluster.LongestDisturbance
                ? new FaultCost.Disturbances(servers)
                : new FaultCost.Members(servers),
            () => Strike(scene, servers));
    }

    private Active Strike(FaultScene scene, int[] servers)
    {
        var active = new Active(scene, this);
        scene.Cluster.Begin("clog-in-turn", () => ClogAsync(scene, servers, active));
        return active;
    }

    private async Task ClogAsync(FaultScene scene, int[] servers, Active active)
    {
        TimeProvider clock = scene.Cluster.World.Clock;
        foreach (int server in servers)
        {
            active.Clog(server);
            await clock.WaitAsync(scene.Dice.Between(TimeSpan.Zero, Every));
        }

        await clock.WaitAsync(For);
        scene.Dice.Shuffle(servers);
        foreach (int server in servers)
        {
            active.Release(server);
            await clock.WaitAsync(scene.Dice.Between(TimeSpan.Zero, Every));
        }

        active.End();
    }

    /// <summary>Met when messages to two servers or more were held.</summary>
    private sealed class Active(FaultScene scene, ClogInTurn fault) : ActiveFault(scene.Cluster.World, fault)
    {
        private readonly SortedDictionary<int, ClogRule> _rules = [];

        public override bool IsMet => _rules.Values.Count(static rule => rule.Met > 0) > 1;

        public void Clog(int server)
        {
            if (EndedAt is null)
            {
                _rules.Add(server, World.Network.Add(
                    new ClogRule { From = scene.Cluster.Client, To = scene.Cluster.Servers[server], BothWays = true }, "clog-in-turn"));
            }
        }

        /// <summary>Again does nothing.</summary>
        public void Release(int server)
        {
            if (_rules.TryGetValue(server, out ClogRule? rule))
            {
                World.Network.Remove(rule);
            }
        }

        protected override void OnEnd()
        {
            foreach (ClogRule rule in _rules.Values)
            {
                World.Network.Remove(rule);
            }
        }
    }
}
