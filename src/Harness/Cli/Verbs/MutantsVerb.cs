using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Scoring;
using Raid5Verify.Generation;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>mutants</c>: what the harness finds of the bugs that are planted for it.</summary>
internal sealed class MutantsVerb
{
    private const long DefaultSeeds = 2000;

    private const long DefaultMemory = 2048;

    private static readonly TimeSpan DefaultTime = TimeSpan.FromMinutes(10);

    private readonly Option<string[]> _only = new("--only")
    {
        Description = "Look for these only",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int?> _sample = ParsedOption.Of<int>(
        "--sample", "N", "Look for N of them only, as --by chooses", CountText.TryParseJobs, CountText.JobsWanted);

    private readonly Option<string?> _by = new("--by")
    {
        Description = "What chooses the sample: the same text, such as a commit's hash, the same mutants",
        HelpName = "TEXT",
    };

    private readonly Option<long?> _seeds = ParsedOption.Of<long>(
        "--seeds", "N", $"How many runs to look for each, default {DefaultSeeds}", CountText.TryParse, "a whole number from 1 is wanted");

    private readonly Option<string?> _strategy = Choice.Option(
        "--strategy", "How to look, default 'in-turn'", [.. MutantSearch.All.Select(search => search.Name)]);

    private readonly Option<string?> _profile = Choice.Option(
        "--profile", "What scenarios to draw, default 'default'", [.. Profile.All.Select(profile => profile.Name)]);

    private readonly Option<bool> _compare = new("--compare") { Description = "Look for each in every way, and compare" };

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Mutants at the same time, default one a processor", CountText.TryParseJobs, CountText.JobsWanted);

    private readonly Option<TimeSpan?> _time = ParsedOption.Of<TimeSpan>(
        "--time", "SPAN", $"What one may take on the clock, default {DefaultTime.TotalMinutes}m", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<long?> _memory = ParsedOption.Of<long>(
        "--memory", "MIB", $"What the managed heap of one's process may hold, in MiB, default {DefaultMemory}", CountText.TryParse, "a whole number from 1 is wanted");

    private readonly Option<TimeSpan?> _shrink = ParsedOption.Of<TimeSpan>(
        "--shrink", "SPAN", "Make the failing run of each small, for so long, default not at all", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<string?> _keep = new("--keep")
    {
        Description = "With --shrink: keep the small scenario of each in this folder, but for those that the product fails, too",
        HelpName = "DIR",
    };

    private readonly Option<string?> _kept = new("--kept")
    {
        Description = "Do not look: run what was kept of each in this folder, DIR/NAME.yaml, which must fail",
        HelpName = "DIR",
    };

    private readonly Option<bool> _specs = new("--specs") { Description = "Say of each that is found which specs alone would have found it" };

    private readonly Option<string?> _catalogue = new("--catalogue")
    {
        Description = $"Folder of mutants, default {MutantCampaign.DefaultCatalogue} of this clone",
        HelpName = "DIR",
    };

    private readonly Option<bool> _check = new("--check") { Description = "Only hold the catalogue against the sources" };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document instead of lines" };

    private readonly Terminal _terminal;

    private MutantsVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new MutantsVerb(terminal);
        var command = new Command(
            "mutants",
            "Plants bugs in copies of the System, one at a time, and says which are found, how soon and by which promise; fails if one is not.")
        {
            verb._only, verb._sample, verb._by, verb._seeds, verb._strategy, verb._profile, verb._compare, verb._jobs, verb._time, verb._memory,
            verb._shrink, verb._keep, verb._kept, verb._specs, verb._catalogue, verb._check, verb._json,
        };
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if (ConformanceLedger.FindRoot(Environment.CurrentDirectory) is not { } root)
        {
            return _terminal.Refuse("mutants are made of the System's sources: run it in a clone");
        }

        var misuse =
            parsed.GetValue(_by) is not null != parsed.GetValue(_sample) is not null ? "--sample and --by go together"
            : parsed.GetValue(_keep) is not null && parsed.GetValue(_shrink) is null ? "--keep goes with --shrink"
            : parsed.GetValue(_compare) && (parsed.GetValue(_strategy) ?? parsed.GetValue(_keep)) is not null ? "--compare goes with neither --strategy nor --keep"
            : parsed.GetValue(_kept) is not null && IsSearching(parsed) ? "--kept goes with none of --seeds, --strategy, --profile, --compare, --shrink and --keep"
            : parsed.GetValue(_profile) is not null && Search(parsed).HasProfile ? $"--strategy {Search(parsed).Name} has a profile of its own"
            : null;
        return misuse is not null ? _terminal.Refuse(misuse) : new MutantCampaign(_terminal, root)
        {
            Catalogue = parsed.GetValue(_catalogue),
            Only = parsed.GetValue(_only) ?? [],
            Sample = parsed.GetValue(_sample) is { } count ? (count, parsed.GetValue(_by)!) : null,
            IsCheckOnly = parsed.GetValue(_check),
            Searches = parsed.GetValue(_compare) ? MutantSearch.All
                : parsed.GetValue(_kept) is not null ? [MutantSearch.Kept]
                : [Search(parsed)],
            Limits = new MutantLimits(
                parsed.GetValue(_profile) ?? Profile.Default.Name,
                parsed.GetValue(_seeds) ?? DefaultSeeds,
                (parsed.GetValue(_time) ?? DefaultTime) + (parsed.GetValue(_shrink) ?? TimeSpan.Zero),
                (parsed.GetValue(_memory) ?? DefaultMemory) * 1024 * 1024,
                parsed.GetValue(_shrink) ?? TimeSpan.Zero),
            Jobs = parsed.GetValue(_jobs) ?? Environment.ProcessorCount,
            Keep = parsed.GetValue(_keep),
            Kept = parsed.GetValue(_kept),
            AsksSpecs = parsed.GetValue(_specs),
            IsJson = parsed.GetValue(_json),
        }.Run();
    }

    private MutantSearch Search(ParseResult parsed) =>
        MutantSearch.All.FirstOrDefault(search => search.Name == parsed.GetValue(_strategy)) ?? MutantSearch.InTurn;

    private bool IsSearching(ParseResult parsed) =>
        parsed.GetValue(_compare) || parsed.GetValue(_seeds) is not null || parsed.GetValue(_shrink) is not null
        || (parsed.GetValue(_strategy) ?? parsed.GetValue(_profile) ?? parsed.GetValue(_keep)) is not null;
}
