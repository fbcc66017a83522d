using Raid5Verify.Cli;
using Raid5Verify.Cli.Certification;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>The certificate of determinism, and that it can be refused.</summary>
public sealed class CertifyTests
{
    private static readonly Build[] Builds = [new("Release", "/release"), new("Debug", "/debug")];
    private static readonly SeedHash[] Seeds = [new(1, 11), new(2, 22), new(3, 33)];

    [Fact]
    public void Every_row_is_compared_with_the_first_of_its_strategy()
    {
        var certificate = new Certificate(configuration =>
            Ran([.. Seeds.Select(seed => seed with { Hash = seed.Hash + (ulong)(configuration.Strategy ?? StrategyKind.Uniform) })]));

        var rows = certificate.Rows(Configuration.All(Builds, jobs: 2)).ToList();

        Assert.All(rows, row => Assert.Null(row.FirstDifference));
        Assert.All(rows, row => Assert.Equal(row.Configuration.Strategy, row.Model.Strategy));
    }

    [Theory]
    [InlineData("1 11,2 22,3 34", 3UL)]
    [InlineData("1 12,2 22,3 33", 1UL)]
    [InlineData("1 11,2 22", 3UL)]
    [InlineData("1 11,2 22,3 33,4 44", 4UL)]
    [InlineData("1 11,3 33", 2UL)]
    [InlineData("", 1UL)]
    public void A_build_that_differs_is_found_by_its_first_seed(string hashes, ulong first)
    {
        SeedHash[] others = [.. hashes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        var certificate = new Certificate(configuration => Ran(configuration.Build.Name == "Debug" ? others : Seeds));

        var rows = certificate.Rows(Configuration.Few(Builds, jobs: 2)).ToList();

        Assert.Equal(first, rows.Single(row => row.FirstDifference is not null).FirstDifference);
        Assert.Equal("Debug", rows[^1].Configuration.Build.Name);
        Assert.EndsWith($"DIFFERS from seed {first} on", CertificateLines.Of(rows[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_of_the_seeds_and_not_of_how_often_they_were_run()
    {
        Assert.Equal(HashOf(Configuration.Few(Builds, 2), Seeds), HashOf(Configuration.Few(Builds[..1], 8), Seeds));
        Assert.NotEqual(HashOf(Configuration.Few(Builds, 2), Seeds), HashOf(Configuration.Few(Builds, 2), Seeds[..2]));
    }

    [Fact]
    public void All_configurations_differ_in_whatever_should_not_matter()
    {
        var all = Configuration.All(Builds, jobs: 4);

        Assert.Contains(all.GroupBy(one => one), same => same.Count() > 1);
        Assert.Equal([1, 4], all.Select(one => one.Jobs).Distinct().Order());
        Assert.Equal(3, all.Select(one => one.Jit.Name).Distinct().Count());
        Assert.Equal(2, all.Select(one => one.Build.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("a\nb\n", "a\nb\n", null)]
    [InlineData("a\nb\n", "a\nc\n", "1: b or c")]
    [InlineData("a\n", "a\nc\n", "1: end or c")]
    public void Two_traces_part_at_an_event(string one, string other, string? expected)
    {
        var folder = Directory.CreateTempSubdirectory("traces-");
        var (mine, its) = (Path.Combine(folder.FullName, "one"), Path.Combine(folder.FullName, "other"));
        File.WriteAllText(mine, one);
        File.WriteAllText(its, other);

        var difference = TraceDifference.Find(mine, its);

        Assert.Equal(expected, difference is null ? null : $"{difference.Seq}: {difference.One ?? "end"} or {difference.Other ?? "end"}");
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Real_processes_agree()
    {
        var session = Session.Of("certify", "--short", "--seeds", "2", "--profile", "quick", "--builds", AppContext.BaseDirectory);

        Assert.Equal((0, ""), (session.ExitCode, session.Error));
        Assert.Contains(": 2 seeds from 1, profile quick, are the same runs in 2 processes; ", session.Out);
    }

    private static ulong HashOf(IEnumerable<Configuration> configurations, IReadOnlyList<SeedHash> hashes)
    {
        var certificate = new Certificate(_ => Ran(hashes));
        Assert.NotEmpty(certificate.Rows(configurations).ToList());
        return certificate.Hash;
    }

    private static ChildRun Ran(IReadOnlyList<SeedHash> hashes) => new(hashes, ExitCode.Held, Complaint: "");

    private static SeedHash Parse(string text) => new(ulong.Parse(text.Split(' ')[0]), ulong.Parse(text.Split(' ')[1]));
}
