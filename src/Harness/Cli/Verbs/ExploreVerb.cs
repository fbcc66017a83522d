using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Exhaustive;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>explore</c>: the main job, seed after seed.</summary>
internal sealed class ExploreVerb
{
    private const long DefaultSeeds = 1000;

    private readonly Option<long?> _seeds = ParsedOption.Of<long>(
        "--seeds", "N", $"How many seeds to run, default {DefaultSeeds}, or no end with --time", CountText.TryParse, "a whole number from 1 is wanted");

    private readonly Option<ulong?> _from = ParsedOption.Of<ulong>(
        "--from", "SEED", "The first seed, default 1", SeedText.TryParse, "a seed is a 64-bit number, decimal or 0x hex");

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on where the last campaign of this profile, strategy and shard stopped, if this very program ran it",
    };

    private readonly Option<TimeSpan?> _time = ParsedOption.Of<TimeSpan>(
        "--time", "SPAN", "Begin no further seed, or point, after this long: 90s, 5m, 2h", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<bool> _untilFailure = new("--until-failure") { Description = "Begin no further seed once one has failed" };

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Simulations at the same time, default one a processor", CountText.TryParseJobs, CountText.JobsWanted);

    private readonly Option<Shard?> _shard = ParsedOption.OfObject<Shard>(
        "--shard", "I/N", "Run one part of N, such as 2/4: together the parts are the whole", ShardText.TryParse,
        $"a shard such as 2/4 is wanted, of at most {Shard.MaxCount}");

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

    private readonly CampaignOutputs _outputs = new();

    private readonly Terminal _terminal;

    private ExploreVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExploreVerb(terminal);
        var command = new Command("explore", "Runs seed after seed: each a cluster, a workload and faults of its own.")
        {
            verb._exhaustive, verb._guided, verb._corpus, verb._seeds, verb._from, verb._resume, verb._time, verb._untilFailure, verb._jobs, verb._shard,
        };
        verb._choices.AddTo(command);
        verb._outputs.AddTo(command);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed) =>
        parsed.GetValue(_exhaustive) ? RunExhaustively(parsed)
        : parsed.GetValue(_guided) ? RunGuided(parsed)
        : RunSeeds(parsed);

    private ExitCode RunSeeds(ParseResult parsed)
    {
        var isResumed = parsed.GetValue(_resume);
        var database = _outputs.DatabaseOf(parsed);
        if (isResumed && (database is null || parsed.GetValue(_from) is not null))
        {
            return _terminal.Refuse("--resume takes its first seed from the database: it goes with neither --from nor --no-db");
        }

        if (parsed.GetValue(_corpus) is not null)
        {
            return _terminal.Refuse("--corpus is for --guided: seeds need none");
        }

        if (_outputs.IsForGitHub(parsed) && _outputs.IsJson(parsed))
        {
            return _terminal.Refuse("--github and --json both write to the standard output: take one of them");
        }

        return new SeedExploration(_terminal)
        {
            Campaign = CampaignOf(parsed),
            IsResumed = isResumed,
            Database = database,
            Hashes = _outputs.HashesOf(parsed),
            JUnit = _outputs.JUnitOf(parsed),
            Ledger = _outputs.LedgerOf(parsed),
            Shrinking = _outputs.ShrinkTimeOf(parsed),
            IsForGitHub = _outputs.IsForGitHub(parsed),
            IsJson = _outputs.IsJson(parsed),
        }.Run();
    }

    private ExitCode RunGuided(ParseResult parsed)
    {
        if (parsed.GetValue(_resume))
        {
            return _terminal.Refuse("--resume is for seeds: a guided search goes on from what it kept, so name the same --corpus again");
        }

        if (parsed.GetValue(_shard) is not null || _outputs.AreOfSeeds(parsed))
        {
            return _terminal.Refuse(
                "--guided has no seeds to name: it takes --corpus, --seeds, --from, --time, --until-failure, --jobs, --profile, --strategy, --out, --db, --shrink and --json only");
        }

        return new GuidedExploration(_terminal)
        {
            Campaign = CampaignOf(parsed),
            Corpus = parsed.GetValue(_corpus),
            Database = _outputs.DatabaseOf(parsed),
            Shrinking = _outputs.ShrinkTimeOf(parsed),
            IsJson = _outputs.IsJson(parsed),
        }.Run();
    }

    private ExitCode RunExhaustively(ParseResult parsed)
    {
        if (parsed.GetValue(_resume))
        {
            return _terminal.Refuse("--resume is for seeds: --exhaustive begins anew each time, and is divided by --shard");
        }

        if (parsed.GetValue(_seeds) is not null || parsed.GetValue(_from) is not null
            || parsed.GetValue(_guided) || parsed.GetValue(_untilFailure) || parsed.GetValue(_corpus) is not null
            || _outputs.AreOfSeeds(parsed) || _outputs.IsShrinkTimeGiven(parsed) || _choices.AreGiven(parsed))
        {
            return _terminal.Refuse("--exhaustive has no seeds: it takes --time, --jobs, --shard, --out, --db and --json only");
        }

        return new ExhaustiveExploration(_terminal)
        {
            Time = parsed.GetValue(_time),
            Sweep = new PointSweepOptions
            {
                Jobs = JobsOf(parsed),
                Shard = ShardOf(parsed),
                OutFolder = _outputs.FolderOf(parsed),
            },
            Database = _outputs.DatabaseOf(parsed),
            IsJson = _outputs.IsJson(parsed),
        }.Run();
    }

    private CampaignOptions CampaignOf(ParseResult parsed)
    {
        var time = parsed.GetValue(_time);
        return new CampaignOptions
        {
            Profile = _choices.ProfileOf(parsed),
            Strategy = _choices.StrategyOf(parsed),
            From = parsed.GetValue(_from) ?? 1,
            Seeds = parsed.GetValue(_seeds) ?? (time is null ? DefaultSeeds : null),
            Time = time,
            IsUntilFailure = parsed.GetValue(_untilFailure),
            Jobs = JobsOf(parsed),
            Shard = ShardOf(parsed),
            OutFolder = _outputs.FolderOf(parsed),
        };
    }

    private int JobsOf(ParseResult parsed) => parsed.GetValue(_jobs) ?? Environment.ProcessorCount;

    private Shard ShardOf(ParseResult parsed) => parsed.GetValue(_shard) ?? Shard.Whole;
}
