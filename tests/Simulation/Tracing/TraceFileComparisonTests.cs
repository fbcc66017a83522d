namespace Raid5Verify.Simulation.Tests.Tracing;

public sealed class TraceFileComparisonTests
{
    [Fact]
    public void The_same_run_agrees_with_its_trace()
    {
        var trace = Recorded(seed: 1, draws: 10);

        var comparison = Compare(trace, seed: 1, draws: 10);

        Assert.Null(comparison.FirstDifference);
        Assert.Equal(Lines(trace).Length, comparison.Count);
    }

    [Fact]
    public void The_first_event_that_is_another_is_named_of_both_runs()
    {
        var trace = Recorded(seed: 1, draws: 10);

        var difference = Compare(trace, seed: 2, draws: 10).FirstDifference!;

        Assert.Equal(Lines(trace)[difference.Seq], difference.Expected);
        Assert.Equal(Lines(Recorded(seed: 2, draws: 10))[difference.Seq], difference.Actual);
        Assert.NotEqual(difference.Expected, difference.Actual);
        Assert.StartsWith($"the runs part at event {difference.Seq}\n", difference.ToString());
        Assert.All(
            Enumerable.Range(0, (int)difference.Seq), seq => Assert.Equal(Lines(trace)[seq], Lines(Recorded(seed: 2, draws: 10))[seq]));
    }

    [Fact]
    public void A_run_that_ends_before_its_trace_does_and_one_that_goes_on_are_others()
    {
        var trace = Recorded(seed: 1, draws: 10);
        var lines = Lines(trace);

        var shorter = Compare([.. trace[..^1].Take(trace.AsSpan(..^1).LastIndexOf((byte)'\n') + 1)], seed: 1, draws: 10).FirstDifference!;
        Assert.Equal((lines.Length - 1, null, lines[^1]), (shorter.Seq, shorter.Expected, shorter.Actual));

        var longer = Compare([.. trace, .. "{}\n"u8], seed: 1, draws: 10).FirstDifference!;
        Assert.Equal((lines.Length, "{}", null), (longer.Seq, longer.Expected, longer.Actual));
    }

    private static byte[] Recorded(ulong seed, int draws)
    {
        var output = new MemoryStream();
        using var trace = new JsonLinesTrace(output);
        Run(seed, draws, trace);
        return output.ToArray();
    }

    private static TraceFileComparison Compare(byte[] trace, ulong seed, int draws)
    {
        var comparison = new TraceFileComparison(new MemoryStream(trace));
        Run(seed, draws, comparison);
        comparison.End();
        return comparison;
    }

    private static void Run(ulong seed, int draws, ITraceSink sink)
    {
        var world = new World(new WorldOptions { Seed = seed, TraceSink = sink });
        world.Run(async () =>
        {
            var dice = world.Dice.Fork("mine");
            for (var i = 0; i < draws; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(1, 1000)), world.Clock);
            }
        });
    }

    private static string[] Lines(byte[] trace) => System.Text.Encoding.UTF8.GetString(trace).TrimEnd('\n').Split('\n');
}
