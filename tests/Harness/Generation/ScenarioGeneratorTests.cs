using Raid5Fs.Primitives;
using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Generation;

public sealed class ScenarioGeneratorTests
{
    private static readonly Scenario[] Drawn =
        [.. Enumerable.Range(1, 100).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Default))];

    [Fact]
    public void The_same_dice_draw_the_same_scenario() =>
        Assert.Equal(Drawn[6], ScenarioGenerator.ForSeed(7, Profile.Default));

    [Fact]
    public void Every_scenario_drawn_is_possible() =>
        Assert.All(Drawn, scenario => Assert.Null(ScenarioYaml.Read(ScenarioYaml.Write(scenario), "drawn").Problem));

    [Fact]
    public void Every_kind_of_operation_and_fault_is_drawn_by_some_seed()
    {
        // What takes two servers away at once is drawn where that is allowed only.
        IEnumerable<Scenario> beyond = Enumerable.Range(1, Drawn.Length / 2)
            .Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Beyond));
        HashSet<Type> kinds = [.. Drawn.Concat(beyond).SelectMany(scenario => scenario.Steps).Select(step => step.GetType())];
        Assert.All(StepCatalogue.Operations.Concat(StepCatalogue.Faults).Where(kind => kind.Weight > 0), kind => Assert.Contains(kind.Type, kinds));
    }

    [Fact]
    public void Most_operations_do_something_and_some_are_refused_in_every_way()
    {
        List<Answer> answers = [];
        foreach (Scenario scenario in Drawn)
        {
            var paths = new ReferencePaths(new ReferenceFileSystem(scenario.Cluster.Limits));
            answers.AddRange(scenario.Steps.OfType<FileOperation>().Select(operation => operation.ApplyTo(paths)));
        }

        double succeeded = (double)answers.Count(answer => answer.Error == Errno.OK) / answers.Count;
        Assert.InRange(succeeded, 0.6, 0.9);
        Errno[] refusals =
        [
            Errno.ENOENT, Errno.EEXIST, Errno.ENOTDIR, Errno.EISDIR, Errno.ENOTEMPTY, Errno.ENAMETOOLONG, Errno.EINVAL, Errno.EBUSY,
        ];
        Assert.All(refusals, refusal => Assert.Contains(answers, answer => answer.Error == refusal));
        Assert.DoesNotContain(answers, answer => answer.Error is Errno.EFBIG or Errno.EMLINK or Errno.ESTALE);
    }

    [Fact]
    public void What_is_drawn_deep_is_large_in_every_way()
    {
        List<Step> steps = [.. Enumerable.Range(1, 100).SelectMany(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Deep).Steps)];
        ReferenceLimits limits = new ClusterShape { Block = ByteSize.OfKiB(4) }.Limits;
        Assert.Contains(steps.OfType<Mkdir>(), made => made.Path.Count(c => c == '/') > 30);
        Assert.Contains(steps.OfType<Mkdir>(), made => made.Path.Length > 3000);
        Assert.Contains(steps.OfType<Create>(), made => made.Path.Split('/')[^1].Length == limits.MaxNameLength);
        Assert.Contains(steps.OfType<Populate>(), made => made.First + made.Entries == 10_000);
        Assert.Contains(steps.OfType<Write>(), write => write.At.Bytes > 1L << 39);
        Assert.Contains(steps.OfType<Truncate>(), cut => cut.Size.Bytes > 1L << 32);
        long[] firstOfTwoLevels = [.. new long[] { 512, 1024, 2048, 4096 }.Select(block => (12 + (block / 4)) * block)];
        Assert.Contains(steps.OfType<Write>(), write => firstOfTwoLevels.Contains(write.At.Bytes));
    }

    [Fact]
    public void What_is_drawn_to_soak_is_long_and_gives_what_breaks_the_time_to_mend()
    {
        List<Step> steps = [.. Enumerable.Range(1, 4).SelectMany(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Soak).Steps)];
        Assert.InRange(steps.OfType<FileOperation>().Count(), 10_000, 14_000);
        Assert.InRange(steps.Count(step => step is Fault), 200, 1600);
        Assert.InRange(steps.Count(step => step is AwaitInSync), 100, 800);
        Assert.True(steps.OfType<FileOperation>().Aggregate(TimeSpan.Zero, (sum, operation) => sum + operation.Think) > TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void Files_never_take_more_than_half_of_the_array_and_a_block_but_where_they_fill_it()
    {
        foreach (Scenario scenario in Drawn)
        {
            var files = new ReferenceFileSystem(scenario.Cluster.Limits);
            var paths = new ReferencePaths(files);
            foreach (FileOperation operation in scenario.Steps.OfType<FileOperation>())
            {
                operation.ApplyTo(paths);
                long bytes = files.Walk().DistinctBy(entry => entry.Attributes.Inode).Sum(entry => entry.Attributes.Size);
                Assert.True(bytes <= (scenario.Cluster.Capacity / 2) + (scenario.Cluster.Block.Bytes * 40), $"{operation}");
            }
        }
    }
}
