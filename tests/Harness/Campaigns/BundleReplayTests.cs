using Raid5Verify.Campaigns;
using Raid5Verify.Cli;
using Raid5Verify.Cli.Verbs;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Shrinking;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Campaigns;

public sealed class BundleReplayTests : IDisposable
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("bundles-").FullName;
    private readonly RunResult _failed = Story.Run("- create: /f\n- create: /g\n- { unlink: /f, expect: EBUSY }");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bundle_replays_as_it_was_recorded()
    {
        BundleReplay replay = Open(Write());

        Assert.False(replay.IsMinimal);
        Assert.Empty(replay.Reservations);
        RunResult again = replay.Run(watchdog: null, out string? difference);
        Assert.Null(difference);
        Assert.Equal(_failed.Hash, again.Hash);
        Assert.Equal(_failed.Violation, again.Violation);
    }

    [Fact]
    public void Once_it_is_shrunk_its_minimal_run_is_the_one_that_replays_and_the_original_is_there_too()
    {
        string bundle = Write();
        FailureBundle.AddMinimal(bundle, _failed, MinimalFailure.Find(_failed, new ShrinkOptions { Jobs = 1 }));

        BundleReplay minimal = Open(bundle);
        Assert.True(minimal.IsMinimal);
        Assert.Single(minimal.Scenario.Steps);
        Assert.Equal(_failed.Violation!.Promise, minimal.Run(watchdog: null, out string? difference).Violation!.Promise);
        Assert.Null(difference);

        BundleReplay original = Open(bundle, original: true);
        Assert.False(original.IsMinimal);
        Assert.Equal(_failed.Hash, original.Run(watchdog: null, out difference).Hash);
        Assert.Null(difference);

        Assert.Contains("1 of 3 steps", File.ReadAllText(Path.Combine(bundle, "about.txt")));
        Assert.Contains("BROKEN", File.ReadAllText(Path.Combine(bundle, "story.txt")));
        Assert.Contains("What the failure needs", File.ReadAllText(Path.Combine(bundle, "necessity.txt")));
    }

    [Fact]
    public void Written_anew_by_another_build_it_holds_nothing_of_the_older_one()
    {
        string bundle = Write();
        FailureBundle.AddMinimal(bundle, _failed, Minimal(TimeSpan.Zero));
        MadeByAnotherBuild(bundle);

        Assert.Equal(bundle, Write());

        Assert.Equal(
            ["about.txt", "bundle.json", "scenario.yaml", "trace.jsonl"],
            Directory.GetFiles(bundle).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Open(bundle).Reservations);
    }

    [Fact]
    public void Of_a_run_that_is_recorded_already_all_that_was_found_out_is_kept()
    {
        string bundle = Write();
        FailureBundle.AddMinimal(bundle, _failed, Minimal(Minutes));
        var files = Contents(bundle);

        Assert.Equal(bundle, Write());

        Assert.Equal(files, Contents(bundle));
        Assert.Equal(8, files.Count);
    }

    [Fact]
    public void A_bundle_of_that_name_of_another_run_is_replaced()
    {
        FailureBundle.AddMinimal(Write(), _failed, Minimal(Minutes));
        RunResult other = Story.Run("- create: /f\n- { rmdir: /f, expect: EBUSY }");

        string bundle = FailureBundle.Write(_folder, other, "replay");

        Assert.Equal(other.Scenario, Open(bundle).Scenario);
        Assert.Null(FailureBundle.FindMinimal(bundle));
    }

    [Fact]
    public void A_smaller_or_proven_minimal_is_not_replaced_by_a_larger_or_unproven_one()
    {
        string bundle = Write();
        MinimalFailure late = Minimal(TimeSpan.Zero);
        FailureBundle.AddMinimal(bundle, _failed, late);
        Assert.Equal(3, FailureBundle.FindMinimal(bundle)!.StepCount);

        MinimalFailure proven = Minimal(Minutes);
        FailureBundle.AddMinimal(bundle, _failed, proven with { IsMinimal = false });
        FailureBundle.AddMinimal(bundle, _failed, late with { IsMinimal = true });
        Assert.Contains("minimal:      1 of 3 steps, and time was up", About(bundle));

        FailureBundle.AddMinimal(bundle, _failed, proven);
        var files = Contents(bundle);
        FailureBundle.AddMinimal(bundle, _failed, proven with { IsMinimal = false, Necessity = late.Necessity });
        FailureBundle.AddMinimal(bundle, _failed, late);
        Assert.Equal(files, Contents(bundle));
        Assert.Contains("1 of 3 steps, of which none can be taken away", About(bundle));
    }

    [Fact]
    public void What_the_minimal_run_that_is_kept_needs_may_be_found_out_later()
    {
        string bundle = Write();
        MinimalFailure proven = Minimal(Minutes);
        var nothing = NecessityReport.Of(proven.Result, new ShrinkOptions { Time = TimeSpan.Zero });
        FailureBundle.AddMinimal(bundle, _failed, proven with { Necessity = nothing });
        Assert.Contains("time was up", File.ReadAllText(Path.Combine(bundle, "necessity.txt")));

        FailureBundle.AddMinimal(bundle, _failed, proven);

        Assert.Equal(proven.Necessity.ToString(), File.ReadAllText(Path.Combine(bundle, "necessity.txt")));
    }

    [Fact]
    public void A_search_begins_from_what_was_found_before_if_that_still_fails_so()
    {
        Scenario found = Minimal(Minutes).Result.Scenario;
        Assert.Equal(found, Minimal(TimeSpan.Zero, found).Result.Scenario);

        Scenario holds = Story.Run("- create: /f").Scenario;
        Assert.Equal(3, Minimal(TimeSpan.Zero, holds).Result.Scenario.StepCount);
    }

    [Fact]
    public void Shrunk_by_another_build_the_bundle_is_written_anew_under_that()
    {
        string bundle = Write();
        MadeByAnotherBuild(bundle);

        FailureBundle.AddMinimal(bundle, _failed, Minimal(Minutes));

        Assert.Empty(Open(bundle).Reservations);
        Assert.Empty(Open(bundle, original: true).Reservations);
        Assert.Contains($"without this: {ReplayCommand.For(Path.Combine(bundle, "scenario.yaml"))}\n", About(bundle));
    }

    [Fact]
    public void A_run_that_is_another_one_when_it_is_traced_is_told_also_when_it_is_shrunk()
    {
        RunResult odd = _failed with { Hash = 1 };
        string bundle = FailureBundle.Write(_folder, odd, "replay");
        string differs = $"THE TRACED RUN DIFFERS: its hash is {_failed.Hash:x16}, not 0000000000000001.";
        Assert.Contains(differs, About(bundle));

        MinimalFailure minimal = Minimal(Minutes);
        FailureBundle.AddMinimal(bundle, odd, minimal);
        Assert.Contains($"{differs} The run is not deterministic.\nThe traced minimal run is the same run.\n", About(bundle));

        FailureBundle.AddMinimal(bundle, _failed, minimal with { Result = minimal.Result with { Hash = 2 } });
        Assert.Contains(
            $"The traced run is the same run.\nTHE TRACED MINIMAL RUN DIFFERS: its hash is {minimal.Result.Hash:x16}, not 0000000000000002.",
            About(bundle));
    }

    [Fact]
    public void Steps_are_counted_over_all_parts_of_the_scenario()
    {
        RunResult create = Story.Tell("setup:\n  - create: /f\nsteps:\n  - { create: /g, expect: EBUSY }\n");
        RunResult rmdir = Story.Tell("setup:\n  - create: /f\nsteps:\n  - { rmdir: /f, expect: EBUSY }\n");
        SeedFailure[] failures =
        [
            new(1, create, "replay", FailureBundle.Write(Path.Combine(_folder, "1"), create, "replay")),
            new(2, rmdir, "replay", FailureBundle.Write(Path.Combine(_folder, "2"), rmdir, "replay")),
        ];

        List<ShrunkFailure> shrunk = [.. FailureShrinking.Run(failures, new ShrinkOptions { Jobs = 1, Time = Minutes })];

        Assert.Equal(failures, shrunk.Select(one => one.Failure));
        Assert.Contains("1 of 2 steps", About(failures[0].BundleFolder!));
    }

    [Theory]
    [InlineData("\"version\": \"", "\"version\": \"0.", "was made by 0.")]
    [InlineData("\"program\"", "\"programme\"", "bundle.json is damaged")]
    [InlineData("{", "", "bundle.json is damaged")]
    public void Another_version_or_a_damaged_description_is_refused_with_the_reason(string part, string other, string reason)
    {
        string bundle = Write();
        string about = Path.Combine(bundle, "bundle.json");
        string text = File.ReadAllText(about);
        int place = text.IndexOf(part, StringComparison.Ordinal);
        File.WriteAllText(about, text[..place] + other + text[(place + part.Length)..]);

        Assert.Contains(reason, Refusal(bundle));
    }

    [Fact]
    public void What_another_version_made_runs_all_the_same_if_it_is_asked_for()
    {
        string bundle = Write();
        string about = Path.Combine(bundle, "bundle.json");
        File.WriteAllText(about, File.ReadAllText(about).Replace("\"version\": \"", "\"version\": \"0."));

        BundleReplay replay = Open(bundle, anyway: true);

        Assert.Contains("may run otherwise", Assert.Single(replay.Reservations));
        replay.Run(watchdog: null, out string? difference);
        Assert.Null(difference);
    }

    [Fact]
    public void Another_build_of_the_same_commit_is_not_refused_but_told()
    {
        string bundle = Write();
        string about = Path.Combine(bundle, "bundle.json");
        File.WriteAllText(about, File.ReadAllText(about).Replace("\"build\": \"", "\"build\": \"0"));

        Assert.Contains("another build of the program", Assert.Single(Open(bundle).Reservations));
    }

    [Theory]
    [InlineData("trace.jsonl", "trace.jsonl is missing")]
    [InlineData("scenario.yaml", "scenario.yaml is missing")]
    [InlineData("bundle.json", "is no failure bundle: there is no bundle.json in it")]
    public void A_missing_file_is_named(string file, string reason)
    {
        string bundle = Write();
        File.Delete(Path.Combine(bundle, file));

        Assert.Contains(reason, Refusal(bundle));
    }

    [Fact]
    public void Without_its_trace_it_is_compared_by_its_hash_if_it_is_asked_for()
    {
        string bundle = Write();
        File.Delete(Path.Combine(bundle, "trace.jsonl"));
        BundleReplay replay = Open(bundle, anyway: true);
        replay.Run(watchdog: null, out string? difference);
        Assert.Null(difference);

        string about = Path.Combine(bundle, "bundle.json");
        File.WriteAllText(about, File.ReadAllText(about).Replace($"{_failed.Hash:x16}", "0123456789abcdef"));
        Open(bundle, anyway: true).Run(watchdog: null, out difference);
        Assert.Contains("the recorded one has hash 0123456789abcdef", difference);
    }

    [Fact]
    public void Changed_files_are_refused_and_the_first_event_that_differs_is_named_of_both_runs()
    {
        string bundle = Write();
        string file = Path.Combine(bundle, "trace.jsonl");
        string[] events = File.ReadAllLines(file);
        events[100] = events[100].Replace("\"seq\":100", "\"seq\":1000");
        File.WriteAllLines(file, events);

        Assert.Contains("trace.jsonl is not what was written: it was changed, or damaged", Refusal(bundle));
        Open(bundle, anyway: true).Run(watchdog: null, out string? difference);
        Assert.StartsWith("the runs part at event 100\n  recorded {\"seq\":1000,", difference);
        Assert.Contains("\n  now      {\"seq\":100,", difference);
    }

    [Fact]
    public void A_trace_that_is_cut_or_goes_on_is_another_run()
    {
        string bundle = Write();
        string file = Path.Combine(bundle, "trace.jsonl");
        string[] events = File.ReadAllLines(file);

        File.WriteAllLines(file, events[..^1]);
        Open(bundle, anyway: true).Run(watchdog: null, out string? difference);
        Assert.Contains($"part at event {events.Length - 1}\n  recorded nothing more: the run had ended\n", difference);

        File.WriteAllLines(file, [.. events, "{\"seq\":further}"]);
        Open(bundle, anyway: true).Run(watchdog: null, out difference);
        Assert.EndsWith("recorded {\"seq\":further}\n  now      nothing more: the run has ended", difference);
    }

    [Fact]
    public void An_edited_scenario_is_refused_or_its_problem_named()
    {
        string bundle = Write();
        string file = Path.Combine(bundle, "scenario.yaml");
        File.WriteAllText(file, "name: edited\nsteps:\n  - raed: /f\n");

        Assert.Contains("scenario.yaml is not what was written", Refusal(bundle));
        Assert.False(BundleReplay.TryOpen(bundle, original: true, anyway: true, out _, out string? problem));
        Assert.Contains("scenario.yaml:3:5: ", problem);
    }

    [Fact]
    public void Of_failures_of_one_promise_at_one_kind_of_step_the_first_is_shrunk()
    {
        RunResult other = Story.Run("- create: /f\n- { rmdir: /f, expect: EBUSY }");
        SeedFailure[] failures =
        [
            new(4, _failed, "replay", BundleFolder: null),
            new(5, _failed with { Scenario = _failed.Scenario with { Name = "five" } }, "replay", FailureBundle.Write(Path.Combine(_folder, "5"), _failed, "replay")),
            new(6, other, "replay", FailureBundle.Write(Path.Combine(_folder, "6"), other, "replay")),
            new(7, _failed, "replay", Write()),
        ];
        List<string> told = [];

        ShrunkFailure[] shrunk = [.. FailureShrinking.Run(failures, new ShrinkOptions { Jobs = 1 }, (failure, _) => told.Add(failure.Name))];

        Assert.Equal(["seed 5", "seed 6"], shrunk.Select(one => one.Failure.Name));
        Assert.All(shrunk, one => Assert.Single(one.Minimal.Result.Scenario.Steps));
        Assert.Equal(["seed 5", "seed 6"], told.Distinct());
        Assert.True(File.Exists(Path.Combine(_folder, "5", "a-story", "minimal.yaml")));
        Assert.Empty(FailureShrinking.Run(failures, new ShrinkOptions { Time = TimeSpan.Zero }));
    }

    [Fact]
    public void What_was_shrunk_before_a_bundle_that_cannot_be_written_is_reported()
    {
        RunResult other = Story.Run("- create: /f\n- { rmdir: /f, expect: EBUSY }");
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");
        SeedFailure[] failures = [new(5, _failed, "replay", Write()), new(6, other, "replay", Path.Combine(file, "bundle"))];
        var error = new StringWriter { NewLine = "\n" };

        var shrunk = new CampaignShrinking(new Terminal(TextWriter.Null, error, IsInteractive: false)) { Jobs = 1 }
            .Run(failures, TimeSpan.FromMinutes(10));

        Assert.Equal(["seed 5"], shrunk.Select(one => one.Failure.Name));
        Assert.StartsWith("raid5verify: --out: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_minimal_scenario_reads_as_what_it_is()
    {
        MinimalFailure minimal = MinimalFailure.Find(_failed, new ShrinkOptions { Jobs = 1 });
        Assert.Equal("a story, minimal", minimal.Result.Scenario.Name);
        Assert.Null(ScenarioYaml.Read(ScenarioYaml.Write(minimal.Result.Scenario), "minimal").Problem);
        Assert.Equal("a story, minimal", MinimalFailure.Find(minimal.Result, new ShrinkOptions { Jobs = 1 }).Result.Scenario.Name);
    }

    private string Write() => FailureBundle.Write(_folder, _failed, "replay");

    private MinimalFailure Minimal(TimeSpan time, Scenario? smaller = null) =>
        MinimalFailure.Find(_failed, new ShrinkOptions { Jobs = 1, Time = time }, smaller);

    private static void MadeByAnotherBuild(string bundle)
    {
        string about = Path.Combine(bundle, "bundle.json");
        File.WriteAllText(about, File.ReadAllText(about).Replace("\"build\": \"", "\"build\": \"0"));
    }

    private static string About(string bundle) => File.ReadAllText(Path.Combine(bundle, "about.txt"));

    private static List<(string? Name, string Text)> Contents(string bundle) =>
        [.. Directory.GetFiles(bundle).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];

    private static BundleReplay Open(string bundle, bool original = false, bool anyway = false)
    {
        Assert.True(BundleReplay.TryOpen(bundle, original, anyway, out BundleReplay? replay, out string? refusal), refusal);
        return replay!;
    }

    private static string Refusal(string bundle)
    {
        Assert.False(BundleReplay.TryOpen(bundle, original: false, anyway: false, out _, out string? refusal));
        return refusal!;
    }
}
