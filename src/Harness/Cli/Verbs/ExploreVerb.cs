using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Exhaustive;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>explore</c>: the main job, seed after seed.</summary>
internal sealed class ExploreVerb
{
    private const long DefaultSeeds = 1000;
    private const int FailuresShown = 5;

    private readonly Option<long?> _seeds = ParsedOption.Of<long>(
        "--seeds", "N", $"How many seeds to run, default {DefaultSeeds}, or no end with --time", CountText.TryParse, "a whole number from 1 is wanted");

    private readonly Option<ulong?> _from = ParsedOption.Of<ulong>(
        "--from", "SEED", "The first seed, default 1", SeedText.TryParse, "a seed is a 64-bit number, decimal or 0x hex");

    private readonly Option<TimeSpan?> _time = ParsedOption.Of<TimeSpan>(
        "--time", "SPAN", "Begin no further seed, or point, after this long: 90s, 5m, 2h", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Simulations at the same time, default one a processor", CountText.TryParseJobs, CountText.JobsWanted);

    private readonly Option<bool> _exhaustive = new("--exhaustive")
    {
        Description = "Instead of seeds: every short block story, with every fault, crashed at every point",
    };

    private readonly CampaignChoices _choices = new();

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder for failure bundles",
        HelpName = "DIR",
        DefaultValueFactory = _ => "artifacts/failures",
    };

    private readonly Option<TimeSpan?> _shrink = ShrinkTime.Option();

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document instead of lines" };

    private readonly Option<string?> _hashes = new("--hashes")
    {
        Description = "Write each seed's trace hash, a line a seed, to compare with another process",
        HelpName = "FILE",
    };

    private readonly Terminal _terminal;

    private ExploreVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExploreVerb(terminal);
        var command = new Command("explore", "Runs seed after seed: each a cluster, a workload and faults of its own.")
        {
            verb._exhaustive, verb._seeds, verb._from, verb._time, verb._jobs,
        };
        verb._choices.AddTo(command);
        command.Options.Add(verb._out);
        command.Options.Add(verb._shrink);
        command.Options.Add(verb._json);
        command.Options.Add(verb._hashes);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if (parsed.GetValue(_exhaustive))
        {
            return RunExhaustively(parsed);
        }

        if (!OutputFile.TryCreate(parsed.GetValue(_hashes), out var hashFile, out var problem))
        {
            return _terminal.Refuse($"--hashes: {problem}");
        }

        using var watchdog = StuckSimulation.Watch(_terminal);
        List<SeedHash> hashes = [];
        var time = parsed.GetValue(_time);
        var options = new CampaignOptions
        {
            Profile = _choices.ProfileOf(parsed),
            Strategy = _choices.StrategyOf(parsed),
            From = parsed.GetValue(_from) ?? 1,
            Seeds = parsed.GetValue(_seeds) ?? (time is null ? DefaultSeeds : null),
            Time = time,
            Jobs = parsed.GetValue(_jobs) ?? Environment.ProcessorCount,
            OutFolder = parsed.GetValue(_out),
            OnSeed = hashFile is null ? null : hashes.Add,
            Watchdog = watchdog,
        };
        if (!TryExplore(options, showProgress: !parsed.GetValue(_json), out var campaign, out problem))
        {
            _terminal.Refuse($"--out: {problem}");
        }

        if (hashFile is not null)
        {
            WriteHashes(hashFile, hashes, options.From);
        }

        var shrinking = new CampaignShrinking(_terminal) { IsQuiet = parsed.GetValue(_json), Jobs = options.Jobs };
        var shrunk = shrinking.Run(campaign.Failures, ShrinkTime.Of(parsed.GetValue(_shrink)));
        if (parsed.GetValue(_json))
        {
            _terminal.Out.WriteLine(CampaignJson.Of(campaign, shrunk));
        }
        else
        {
            WriteSummary(campaign, shrunk, options.Seeds);
        }

        return campaign.HarnessFailed > 0 ? ExitCode.HarnessFailed
            : campaign.Broken > 0 ? ExitCode.PromiseBroken
            : ExitCode.Held;
    }

    private ExitCode RunExhaustively(ParseResult parsed)
    {
        if (parsed.GetValue(_seeds) is not null || parsed.GetValue(_from) is not null
            || parsed.GetValue(_hashes) is not null || _choices.AreGiven(parsed))
        {
            return _terminal.Refuse("--exhaustive has no seeds: it takes --time, --jobs, --out and --json only");
        }

        return new ExhaustiveExploration(_terminal)
        {
            Time = parsed.GetValue(_time),
            Sweep = new PointSweepOptions
            {
                Jobs = parsed.GetValue(_jobs) ?? Environment.ProcessorCount,
                OutFolder = parsed.GetRequiredValue(_out),
            },
            IsJson = parsed.GetValue(_json),
        }.Run();
    }

    private bool TryExplore(CampaignOptions options, bool showProgress, out CampaignSnapshot snapshot, out string? problem)
    {
        var campaign = new Campaign(options);
        using var ended = new ManualResetEventSlim();
        string? refusal = null;
        var thread = new Thread(() =>
        {
            try
            {
                campaign.Run(_terminal.Interrupted);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                refusal = refused.Message;
            }

            ended.Set();
        });
        thread.Start();
        if (showProgress)
        {
            new LiveDisplay(_terminal, options.Seeds, campaign.Snapshot, ended.Wait).ShowUntilEnd();
        }

        thread.Join();
        snapshot = campaign.Snapshot();
        problem = refusal;
        return refusal is null;
    }

    private void WriteSummary(CampaignSnapshot campaign, IReadOnlyList<ShrunkFailure> shrunk, long? planned)
    {
        var failures = campaign.Failures.OrderBy(failure => failure.Seed).ToList();
        foreach (var failure in failures.Take(FailuresShown))
        {
            var minimal = shrunk.FirstOrDefault(one => one.Failure == failure)?.Minimal;
            FailureReport.Write(
                _terminal.Out,
                $"seed {failure.Seed}",
                failure.Result,
                failure.ReplayCommand,
                failure.BundleFolder,
                minimal is null ? null : FailureReport.Describe(failure.Result, minimal));
            _terminal.Out.WriteLine();
        }

        if (failures.Count > FailuresShown)
        {
            var rest = string.Join(", ", failures.Skip(FailuresShown).Select(failure => failure.Seed));
            _terminal.Out.WriteLine($"also failed: seeds {rest}");
        }

        foreach (var (label, text) in CampaignLines.Of(campaign, planned))
        {
            _terminal.Out.WriteLine($"{label,-12} {text}");
        }

        _terminal.Out.WriteLine($"{campaign.Passed} passed, {campaign.Broken + campaign.HarnessFailed} failed");
    }

    private static void WriteHashes(FileStream file, List<SeedHash> hashes, ulong from)
    {
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        foreach (var (seed, hash) in hashes.OrderBy(seed => unchecked(seed.Seed - from)))
        {
            writer.WriteLine($"{seed} {hash:x16}");
        }
    }
}
