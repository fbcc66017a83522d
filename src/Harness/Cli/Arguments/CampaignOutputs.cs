using System.CommandLine;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.Arguments;

/// <summary>The options that say what a campaign leaves behind, and where.</summary>
internal sealed class CampaignOutputs
{
    private readonly Option<string> _out = FolderOption("Folder for failure bundles");

    private readonly Option<TimeSpan?> _shrink = ShrinkTime.Option();

    private readonly Option<string> _database = DatabaseOption();

    private readonly Option<bool> _noDatabase = new("--no-db") { Description = "Record nothing, and know nothing of earlier campaigns" };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document instead of lines" };

    private readonly Option<string?> _hashes = new("--hashes")
    {
        Description = "Write each seed's trace hash, a line a seed, to compare with another process",
        HelpName = "FILE",
    };

    private readonly Option<string?> _junit = new("--junit")
    {
        Description = "Write the failures as JUnit XML: a test case each, and one for the campaign",
        HelpName = "FILE",
    };

    private readonly Option<string?> _ledger = new("--ledger")
    {
        Description = "Write which seeds met each kind of fault, and which specs and scenarios use it",
        HelpName = "FILE",
    };

    private readonly Option<bool> _github = new("--github")
    {
        Description = "Annotate failures for GitHub Actions, and append to the file that GITHUB_STEP_SUMMARY names",
    };

    /// <summary>Where campaigns are recorded, the same for every verb that reads or writes it.</summary>
    public static Option<string> DatabaseOption(string description = "Database of campaigns") => new("--db")
    {
        Description = description,
        HelpName = "FILE",
        DefaultValueFactory = _ => "artifacts/campaign.db",
    };

    /// <summary>Where bundles go, the same for every verb that writes them.</summary>
    public static Option<string> FolderOption(string description) => new("--out")
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => BundleFolder.Default,
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_out, _shrink, _database, _noDatabase, _json, _hashes, _junit, _ledger, _github])
        {
            command.Options.Add(option);
        }
    }

    public string FolderOf(ParseResult parsed) => parsed.GetRequiredValue(_out);

    /// <summary>How long to make small what failed; zero for not at all.</summary>
    public TimeSpan ShrinkTimeOf(ParseResult parsed) => ShrinkTime.Of(parsed.GetValue(_shrink));

    public bool IsShrinkTimeGiven(ParseResult parsed) => parsed.GetValue(_shrink) is not null;

    /// <summary>Null for none.</summary>
    public string? DatabaseOf(ParseResult parsed) => parsed.GetValue(_noDatabase) ? null : parsed.GetRequiredValue(_database);

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    public string? HashesOf(ParseResult parsed) => parsed.GetValue(_hashes);

    public string? JUnitOf(ParseResult parsed) => parsed.GetValue(_junit);

    public string? LedgerOf(ParseResult parsed) => parsed.GetValue(_ledger);

    public bool IsForGitHub(ParseResult parsed) => parsed.GetValue(_github);

    /// <summary>Whether something is asked for that is made of seeds, and of nothing else.</summary>
    public bool AreOfSeeds(ParseResult parsed) =>
        HashesOf(parsed) is not null || JUnitOf(parsed) is not null || LedgerOf(parsed) is not null || IsForGitHub(parsed);
}
