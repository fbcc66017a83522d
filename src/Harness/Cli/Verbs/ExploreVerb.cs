using System.CommandLine;
using System.Globalization;
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
        "--seeds", "N", $"How many seeds to run, default {DefaultSeeds}, or no end with --time", TryParseCount, "a whole number from 1 is wanted");

    private readonly Option<ulong?> _from = ParsedOption.Of<ulong>(
        "--from", "SEED", "The first seed, default 1", SeedText.TryParse, "a seed is a 64-bit number, decimal or 0x hex");

    private readonly Option<TimeSpan?> _time = ParsedOption.Of<TimeSpan>(
        "--time", "SPAN", "Begin no further seed, or point, after this long: 90s, 5m, 2h", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Simulations at the same time, default one a processor", TryParseJobs, "a whole number from 1 to 1024 is wanted");

    private readonly Option<bool> _exhaustive = new("--exhaustive")
    {
        Description = "Instead of seeds: every short block story, with every fault, crashed at every point",
    };

    private readonly Option<bool> _guided = new("--guided")
    {
        Description = "Goes on from runs that reached new states, changed a little; --from says which search",
    };

    private readonly Option<string?> _corpus = new("--corpus")
    {
        Description = "With --guided: a folder of scenarios to begin with, and to keep new ones in",
        HelpName = "DIR",
    };

    private readonly CampaignChoices _choices = new();

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder for failure bundles",
        HelpName = "DIR",
        DefaultValueFactory = _ => "artifacts/failures",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document instead of lines" };

    private readonly Option<string?> _hashes = new("--hashes")
    {
        Description = "Write each seed's trace hash, a line a seed, to compare with another process",
        HelpName = "FILE",
    };

    private readonly Option<string?> _ledger = new("--ledger")
    {
        Description = "Write which seeds met each kind of fault, and which specs and scenarios use it",
        HelpName = "FILE",
    };

    private readonly Terminal _terminal;

    private ExploreVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExploreVerb(terminal);
        var command = new Command("explore", "Runs seed after seed: each a cluster, a workload and faults of its own.")
        {
            verb._exhaustive, verb._guided, verb._corpus, verb._seeds, verb._from, verb._time, verb._jobs,
        };
        verb._choices.AddTo(command);
        command.Options.Add(verb._out);
        command.Options.Add(verb._json);
        command.Options.Add(verb._hashes);
        command.Options.Add(verb._ledger);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if (parsed.GetValue(_exhaustive))
        {
            return RunExhaustively(parsed);
        }

        if (parsed.GetValue(_corpus) is not null && !parsed.GetValue(_guided))
        {
            return _terminal.Refuse("--corpus is for --guided: seeds need none");
        }

        if (parsed.GetValue(_guided) && (parsed.GetValue(_hashes) ?? parsed.GetValue(_ledger)) is not null)
        {
            return _terminal.Refuse("--guided has no seeds to name: it takes no --hashes and no --ledger");
        }

        if (!OutputFile.TryCreate(parsed.GetValue(_hashes), out var hashFile, out var problem))
        {
            return _terminal.Refuse($"--hashes: {problem}");
        }

        if (!LedgerFile.TryCreate(parsed.GetValue(_ledger), out var ledger, out problem))
        {
            return _terminal.Refuse($"--ledger: {problem}");
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
        if (parsed.GetValue(_guided))
        {
            return new GuidedExploration(_terminal)
            {
                Campaign = options,
                Corpus = parsed.GetValue(_corpus),
                IsJson = parsed.GetValue(_json),
            }.Run();
        }

        if (!TryExplore(options, showProgress: !parsed.GetValue(_json), out var campaign, out problem))
        {
            _terminal.Refuse($"--out: {problem}");
        }

        if (hashFile is not null)
        {
            WriteHashes(hashFile, hashes, options.From);
        }

        var unwritten = ledger?.Write(options.Profile, campaign);
        if (unwritten is not null)
        {
            _terminal.Refuse($"--ledger: {unwritten}");
        }

        if (parsed.GetValue(_json))
        {
            _terminal.Out.WriteLine(CampaignJson.Of(campaign));
        }
        else
        {
            WriteSummary(campaign, options.Seeds);
        }

        return campaign.HarnessFailed > 0 ? ExitCode.HarnessFailed
            : campaign.Broken > 0 ? ExitCode.PromiseBroken
            : unwritten is not null ? ExitCode.BadInput
            : ExitCode.Held;
    }

    private ExitCode RunExhaustively(ParseResult parsed)
    {
        if (parsed.GetValue(_seeds) is not null || parsed.GetValue(_from) is not null
            || parsed.GetValue(_hashes) is not null || parsed.GetValue(_ledger) is not null || parsed.GetValue(_guided)
            || parsed.GetValue(_corpus) is not null || _choices.AreGiven(parsed))
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

    private void WriteSummary(CampaignSnapshot campaign, long? planned)
    {
        var failures = campaign.Failures.OrderBy(failure => failure.Seed).ToList();
        foreach (var failure in failures.Take(FailuresShown))
        {
            FailureReport.Write(
                _terminal.Out, $"seed {failure.Seed}", failure.Result, failure.ReplayCommand, failure.BundleFolder);
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

    private static bool TryParseCount(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static bool TryParseJobs(string text, out int jobs) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out jobs) && jobs is > 0 and <= 1024;
}
