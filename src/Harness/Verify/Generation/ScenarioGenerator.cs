using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Generation;

/*
 * From dice to a scenario. Swarm testing: each scenario uses a random subset of the fault kinds and weighs the
 * operations anew, because a mix of everything, always, finds less (Groce et al., 2012).
 */

/// <summary>Draws scenarios. The same dice and profile draw the same scenario.</summary>
public static class ScenarioGenerator
{
    /// <summary>The most change points of PCT that are drawn: most bugs of order that are known need but a few.</summary>
    private const int MostChanges = 5;

    /// <summary>About how many picks of the scheduler a step takes, with its share of the closing checks.</summary>
    private const int PicksOfStep = 100;

    /// <summary>One seed in so many is of another profile, where there is one.</summary>
    private const int SometimesOneIn = 6;

    /// <summary>In one seed in so many clients ask through FUSE.</summary>
    private const int MountedOneIn = 8;

    private static readonly StrategyKind[] Strategies = Enum.GetValues<StrategyKind>();
    private static readonly int[] Chunks = [1, 2, 4, 8];
    private static readonly int[] SwarmWeights = [0, 1, 1, 4];

    /// <summary>
    /// The scenario that a seed means: the same for one version of this program, one profile and one strategy. Its name says all three
    /// but for the version, so that no other takes its place in a folder.
    /// </summary>
    /// <param name="seed">Any.</param>
    /// <param name="profile">Sizes and numbers.</param>
    /// <param name="strategy">Null: the strategies take turns by seed.</param>
    public static Scenario ForSeed(ulong seed, Profile profile, StrategyKind? strategy = null)
    {
        var dice = new Dice(seed, "scenario");
        Scenario drawn = Draw(dice, profile.Sometimes is { } other && dice.Next(SometimesOneIn) == 0 ? other : profile);
        string chosen = strategy is { } kind ? $", strategy {KebabCase.Of(kind.ToString())}" : string.Empty;

        // By dice of its own: what is drawn otherwise does not depend on it.
        MountKind mount = new Dice(seed, "mount").Next(MountedOneIn) == 0 ? MountKind.Fuse : MountKind.Direct;
        return drawn with
        {
            Name = $"seed {seed}, profile {profile}{chosen}",
            Seed = seed,
            Options = Scheduled(drawn, strategy ?? Strategies[(int)(seed % (ulong)Strategies.Length)], new Dice(seed, "strategy")) with
            {
                Mount = mount,
            },
        };
    }

    /// <summary>The options of a scenario that is scheduled so: of PCT, with a depth that is drawn, over about as many picks as its run will have.</summary>
    internal static ScenarioOptions Scheduled(Scenario scenario, StrategyKind strategy, Random dice) => strategy == StrategyKind.Pct
        ? scenario.Options with
        {
            Strategy = strategy,
            PctChanges = dice.Next(1, MostChanges + 1),
            PctHorizon = PicksOfStep * Math.Max(MostChanges, scenario.Steps.Count),
        }
        : scenario.Options with { Strategy = strategy };

    /// <param name="dice">All chance comes from here.</param>
    /// <param name="profile">Sizes and numbers.</param>
    public static Scenario Draw(Random dice, Profile profile)
    {
        Workload workload = profile.Workload ?? (profile.Cluster is null && dice.Next(6) == 0 ? Workload.Filling : Workload.Ordinary);
        ClusterShape cluster = profile.Cluster ?? DrawCluster(dice, workload);
        var draft = new Draft(dice, cluster, workload, profile.Mode);
        return new Scenario
        {
            Name = $"drawn from profile {profile.Name}",
            Cluster = cluster,
            Options = new ScenarioOptions
            {
                Network = draft.Chance(8) ? NetworkModel.Wan : NetworkModel.Lan,
                Mode = profile.Mode,
            },
            Steps = DrawSteps(draft, profile),
        };
    }

    /// <param name="dice">All chance comes from here.</param>
    /// <param name="workload">What it is for.</param>
    private static ClusterShape DrawCluster(Random dice, Workload workload)
    {
        int chunk = Chunks[dice.Next(Chunks.Length)];
        int servers = dice.Next(3) > 0 ? 5 : dice.Next(3, 9);
        long block = 512L << dice.Next(4);
        return new ClusterShape
        {
            Servers = servers,
            Block = new ByteSize(block),
            Chunk = chunk,
            Rows = workload.FillsUp ? Chunks[^1] * dice.Next(1, 4) : workload.IsDeep ? 256 : RowsOf(servers * block),

            // Where a large directory does not fit, a client at the end of a long line reads all of it for minutes.
            Cache = workload.IsDeep ? 1024 : 24 << dice.Next(2),
        };
    }

    /// <summary>
    /// Rows, with so many bytes each: 64, or fewer, so that no run holds much more than another. What is on its disks is most
    /// of what it holds in memory. They are whole chunks, whatever the size of a chunk.
    /// </summary>
    private static int RowsOf(long rowBytes)
    {
        const int MaxBytes = 512 << 10;
        return (int)Math.Min(64, MaxBytes / rowBytes / Chunks[^1] * Chunks[^1]);
    }

    private static List<Step> DrawSteps(Draft draft, Profile profile)
    {
        List<(StepKind Kind, int Weight)> operations =
            [.. StepCatalogue.Operations.Select(kind => (kind, kind.Weight * draft.Pick(SwarmWeights)))];
        operations.AddRange(StepCatalogue.Control.Select(kind => (kind, kind.Weight)));

        // A file system in which nothing is ever created or written tests little.
        operations.AddRange(StepCatalogue.Operations
            .Where(kind => kind.Type == typeof(Create) || kind.Type == typeof(Write) || kind.Type == typeof(Read))
            .Select(kind => (kind, kind.Weight)));
        List<(StepKind Kind, int Weight)> faults =
            [.. StepCatalogue.Faults.Select(kind => (kind, draft.Chance(2) && MayDraw(kind, profile) ? kind.Weight : 0))];
        if (faults.TrueForAll(fault => fault.Weight == 0))
        {
            faults = [.. StepCatalogue.Faults.Where(kind => MayDraw(kind, profile)).Select(kind => (kind, kind.Weight))];
        }


        int toStrike = draft.Dice.Next(profile.Faults + 1);
        HashSet<int> strikes = [.. Enumerable.Range(0, toStrike).Select(_ => draft.Dice.Next(profile.Operations))];
        List<Step> steps = [.. draft.Preparation()];
        steps.ForEach(draft.Follow);
        int? settle = null;
        for (int i = 0; i < profile.Operations; i++)
        {
            if (i >= settle)
            {
                settle = null;

                // Now and then what was broken is given the time, or the scrub, to be mended, so that more may break.
                // Where anything may be destroyed, some of it never is.
                steps.Add(
                    draft.Chance(3) ? new Scrub()
                    : profile.Mode == RunMode.Beyond ? new Wait { For = TimeSpan.FromSeconds(1) }
                    : new AwaitInSync());
            }

            // Files are in the client's cache until they are committed: a third of the faults strike at a commit.
            bool strikesNow = faults.Count > 0 && strikes.Contains(i);
            Step step = strikesNow && draft.Chance(3) ? new Fsync { Path = "/" }
                : draft.HasFiles ? Draw(operations, draft)
                : Create.Draw(draft);
            if (step is FileOperation { NeedsOpenFile: true } && !draft.HasOpenFiles && !draft.Chance(8))
            {
                step = Open.Draw(draft);
            }

            TimeSpan think = TimeSpan.Zero;
            if (step is FileOperation operation)
            {
                think = draft.Time(TimeSpan.Zero, profile.Think);
                step = operation with { Think = think };
            }

            if (step is Concurrent concurrent)
            {
                foreach (Create missing in concurrent.FilesToMake(draft))
                {
                    steps.Add(missing);
                    draft.Follow(missing);
                }

                if (draft.Chance(2))
                {
                    // What is in memory takes no time: only those who wait for the array meet each other.
                    var remount = new Remount();
                    steps.Add(remount);
                    draft.Follow(remount);
                }
            }

            if (strikesNow && draft.Chance(profile.DrillOneIn))
            {
                foreach (Step each in Drill.Draw(draft, profile.Mode).Where(each => MayDraw(each, profile)))
                {
                    steps.Add(each);
                    draft.Follow(each);
                    i += each is FileOperation ? 1 : 0;
                }

                settle = draft.Chance(3) ? settle : i + draft.Dice.Next(3, 12);
            }
            else if (strikesNow)
            {
                for (int others = draft.Dice.Next(profile.Burst); others >= 0; others--)
                {
                    // Half of them in the middle of the operation that follows, the others at any time.
                    TimeSpan after = draft.Chance(2)
                        ? think + draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(3))
                        : draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
                    Fault fault = (Fault)Draw(faults, draft) with { After = after };
                    steps.Add(fault);
                    draft.Follow(fault);
                    if (fault.DrawSequel(draft) is { } sequel)
                    {
                        steps.Add(sequel with { After = after + sequel.After });
                    }
                }

                settle = draft.Chance(3) ? settle : i + draft.Dice.Next(3, 12);
            }

            steps.Add(step);
            draft.Follow(step);
        }

        return steps;
    }

    /// <summary>Whether a profile has faults of a kind. Two members swapped are more than the budget, always.</summary>
    internal static bool MayDraw(StepKind kind, Profile profile) =>
        profile.OnlyFaults?.Contains(kind.Tag) ?? (profile.Mode != RunMode.Safety || kind.Type != typeof(Swap));

    private static bool MayDraw(Step step, Profile profile) =>
        step is not Fault || MayDraw(StepCatalogue.Find(StepKind.TagOf(step.GetType()))!, profile);

    private static Step Draw(List<(StepKind Kind, int Weight)> kinds, Draft draft)
    {
        int pick = draft.Dice.Next(kinds.Sum(kind => kind.Weight));
        foreach ((StepKind kind, int weight) in kinds)
        {
            pick -= weight;
            if (pick < 0)
            {
                return kind.Draw!(draft);
            }
        }

        throw new InvalidOperationException("no kind of step has any weight");
    }
}
