using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>Anchors, merge keys and includes: what files share.</summary>
public sealed class SharingTests
{
    [Fact]
    public void An_alias_stands_for_what_its_anchor_marks()
    {
        Scenario scenario = Read("""
            name: x
            shared:
              - &small { servers: 3, block: 512B }
              - &settle [await-in-sync, { wait: 1s }]
            cluster: *small
            steps:
              - scrub
              - *settle
              - *settle
            """);
        Assert.Equal(new ClusterShape { Servers = 3, Block = new ByteSize(512) }, scenario.Cluster);
        Assert.Equal(
            [new Scrub(), new AwaitInSync(), new Wait { For = TimeSpan.FromSeconds(1) }, new AwaitInSync(), new Wait { For = TimeSpan.FromSeconds(1) }],
            scenario.Steps);
    }

    [Fact]
    public void A_mapping_has_the_keys_that_it_is_given_and_its_own_win()
    {
        Scenario scenario = Read("""
            name: x
            shared:
              - &long { for: 3s, kind: power }
              - &soon { for: 9s, after: 2ms }
              - &crash { crash: 1, for: 5s }
            steps:
              - { crash: 2, <<: [*long, *soon] }
              - { <<: *crash, crash: 0, kind: power }
            """);
        Assert.Equal(
            [
                new Crash { Server = 2, For = TimeSpan.FromSeconds(3), Kind = Simulation.CrashKind.Power, After = TimeSpan.FromMilliseconds(2) },
                new Crash { Server = 0, For = TimeSpan.FromSeconds(5), Kind = Simulation.CrashKind.Power },
            ],
            scenario.Steps);
    }

    [Fact]
    public void What_is_included_is_looked_for_beside_the_file_that_names_it()
    {
        Scenario scenario = Read(
            """
            name: x
            cluster: { include: parts/small.yaml, rows: 64 }
            steps:
              - include: parts/ends.yaml
              - scrub
            """,
            ("parts/small.yaml", "servers: 3\nrows: 32\nblock: 512B\n"),
            ("parts/ends.yaml", "- remount\n- include: deeper/wait.yaml\n"),
            ("parts/deeper/wait.yaml", "- wait: 1s"));
        Assert.Equal(new ClusterShape { Servers = 3, Rows = 64, Block = new ByteSize(512) }, scenario.Cluster);
        Assert.Equal([new Remount(), new Wait { For = TimeSpan.FromSeconds(1) }, new Scrub()], scenario.Steps);
    }

    [Fact]
    public void A_scenario_may_be_another_one_with_some_keys_changed() => Assert.Equal(
        new Scenario { Name = "y", Seed = 7, Steps = [new Create { Path = "/f" }] },
        Read("include: first.yaml\nname: y\n", ("first.yaml", "name: x\nseed: 7\nsteps: [create: /f]")));

    [Fact]
    public void What_is_written_again_stands_for_itself()
    {
        Scenario scenario = Read(
            "name: x\ncluster: { include: c.yaml }\nsteps: [include: s.yaml]", ("c.yaml", "servers: 4"), ("s.yaml", "- &a scrub\n- *a"));
        string text = ScenarioYaml.Write(scenario);
        Assert.DoesNotContain("include", text, StringComparison.Ordinal);
        Assert.DoesNotContain('*', text);
        Assert.Equal(scenario, Read(text));
    }

    [Theory]
    [InlineData("raed: /f", "p/s.yaml:1:3: there is no step 'raed' (did you mean 'read'?)")]
    [InlineData("read: /f\n  lenght: 1B", "p/s.yaml:2:3: unknown key 'lenght' (did you mean 'length'?)")]
    [InlineData("include: t.yaml", "p/s.yaml:1:12: there is no file 'p/t.yaml' to include")]
    [InlineData("include: ../x.yaml", "p/s.yaml:1:12: '../x.yaml' includes itself: x.yaml includes p/s.yaml includes p/../x.yaml")]
    [InlineData("include: s.yaml", "p/s.yaml:1:12: 's.yaml' includes itself: x.yaml includes p/s.yaml includes p/s.yaml")]
    [InlineData("include: \"a\\0b\"", "p/s.yaml:1:12: 'p/a\0b' cannot be included: Null character in path. (Parameter 'path')")]
    [InlineData("include: [s.yaml]", "p/s.yaml:1:12: 'include' must be the path of a file, from the folder of this one on")]
    public void What_is_wrong_in_an_included_file_is_said_with_its_own_name(string step, string expected)
    {
        ScenarioReading reading = ScenarioYaml.Read(
            "name: x\nsteps: [include: p/s.yaml]", "x.yaml", From([("p/s.yaml", $"- {step}"), ("x.yaml", "name: x")]));
        Assert.Equal([expected], reading.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void An_included_file_that_is_no_yaml_is_named()
    {
        ScenarioReading reading = ScenarioYaml.Read("name: x\nsteps: [include: p/s.yaml]", "x.yaml", From([("p/s.yaml", "- a: b: c")]));
        Assert.StartsWith("p/s.yaml:1:7: not YAML: ", Assert.Single(reading.Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster: { include: s.yaml }", "x.yaml:2:12: cluster must be a mapping of keys to values, not a list")]
    [InlineData("cluster: { include: s.yaml, servers: 3 }", "x.yaml:2:21: only a mapping can give its keys to another one, not a list")]
    [InlineData("shared: &a [1]\ncluster: { <<: *a }", "x.yaml:2:13: only a mapping can give its keys to another one, not '1'")]
    [InlineData("steps: &a [*a]", "x.yaml:2:8: this contains itself")]
    public void What_cannot_be_shared_is_refused(string text, string expected)
    {
        ScenarioReading reading = ScenarioYaml.Read($"name: x\n{text}", "x.yaml", From([("s.yaml", "- scrub")]));
        Assert.Null(reading.Scenario);
        Assert.Single(reading.Problems);
        Assert.EndsWith(expected[(expected.IndexOf(' ', StringComparison.Ordinal) + 1)..], reading.Problem!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Ten lists, each of which is ten times the one before: of the last one there would be 10,000,000,000 values.</summary>
    [Fact]
    public void What_would_be_too_much_to_hold_is_refused()
    {
        IEnumerable<string> lists = Enumerable.Range(1, 10)
            .Select(depth => $"  - &l{depth} [{string.Join(", ", Enumerable.Repeat($"*l{depth - 1}", 10))}]");
        string text = $"name: x\nshared:\n  - &l0 [scrub]\n{string.Join('\n', lists)}\nsteps: *l10\n";
        Assert.Contains("more than 100,000 values", ScenarioYaml.Read(text, "x.yaml").Problem!.Message, StringComparison.Ordinal);
    }

    private static Scenario Read(string text, params (string Path, string Text)[] files)
    {
        ScenarioReading reading = ScenarioYaml.Read(text, "x.yaml", From(files));
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        return reading.Scenario!;
    }

    private static Func<string, string> From((string Path, string Text)[] files) => path =>
        files.FirstOrDefault(file => file.Path == path).Text ?? throw new FileNotFoundException(path);
}
