using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Campaigns;

/*
 * What holds the system to its promises under which fault, said by the sources and by a campaign, not by a list that somebody keeps: the
 * file of a kind's record, the seeds in which the system met it, the specs and the scenarios that use it.
 *
 * A spec uses a kind if it names it (in quotes among the faults of a profile, as a step of a story, or as its record), or if it draws from
 * a whole profile that has it. A scenario does if the fault is one of its steps.
 */

/// <summary>For each kind of fault: where it is simulated, which seeds of a campaign met it, who uses it.</summary>
public static partial class ConformanceLedger
{
    /// <summary>What stands for a kind that may be drawn, and that no seed met.</summary>
    public const string NeverMet = "**never met**";

    /// <summary>The ledger of a campaign, as Markdown.</summary>
    /// <param name="root">The clone's folder.</param>
    /// <param name="profile">What the campaign drew.</param>
    /// <param name="campaign">One that has ended.</param>
    /// <param name="problem">In one line what is wrong with a scenario; else null.</param>
    /// <exception cref="IOException">A source cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A source may not be read.</exception>
    public static string Of(string root, Profile profile, CampaignSnapshot campaign, out string? problem)
    {
        List<Spec> specs = [.. Files(root, "specs", "*.cs").Select(file => new Spec(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))];
        List<(string Name, HashSet<Type> Kinds)> scenarios = [];
        problem = null;
        foreach (string file in ScenarioFolder.Files(Path.Combine(root, "scenarios")))
        {
            ScenarioReading reading = ScenarioYaml.ReadFile(file);
            problem ??= reading.Problem?.ToString();
            if (reading.Scenario is { } scenario)
            {
                string name = Path.ChangeExtension(Path.GetRelativePath(Path.Combine(root, "scenarios"), file), null).Replace('\\', '/');
                scenarios.Add((name, [.. StepsOf(scenario).Select(static step => step.GetType())]));
            }
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Conformance ledger

            Which faults the system met in {campaign.SeedsDone:N0} seeds of profile {profile}, and what else holds it to its promises under them. A spec in
            brackets draws any fault of a profile; the others ask for this one.

            | fault | simulated in | seeds that met it | the first | specs | scenarios |
            |---|---|---|---|---|---|

            """);
        foreach ((StepKind kind, FaultSighting met) in StepCatalogue.Faults.Zip(campaign.FaultsMet))
        {
            string seeds = !ScenarioGenerator.MayDraw(kind, profile) ? "not drawn"
                : met.Seeds == 0 ? NeverMet
                : met.Seeds.ToString("N0", CultureInfo.InvariantCulture);
            string users = Listed(
                specs.Where(spec => spec.Names(kind)).Select(static spec => spec.Name)
                    .Concat(specs.Where(spec => !spec.Names(kind) && spec.Draws(kind)).Select(static spec => $"({spec.Name})")));
            string stories = Listed(scenarios.Where(scenario => scenario.Kinds.Contains(kind.Type)).Select(static scenario => scenario.Name));
            text.Append(CultureInfo.InvariantCulture, $"| `{kind}` | {SourceOf(kind)} | {seeds} | {met.First} | {users} | {stories} |\n");
        }

        return text.ToString();
    }

    /// <summary>The folder of the clone that a folder is in; null if it is in none.</summary>
    /// <param name="folder">Where to begin to look.</param>
    public static string? FindRoot(string folder)
    {
        DirectoryInfo? above = new(folder);
        while (above is not null && !File.Exists(Path.Combine(above.FullName, "Raid5Verify.sln")))
        {
            above = above.Parent;
        }

        return above?.FullName;
    }

    /// <summary>Where the record of a kind of fault stands, from the clone's folder.</summary>
    internal static string SourceOf(StepKind kind) => $"src/Harness/Verify/Faults/{kind.Type.Name}.cs";

    /// <summary>In ordinal order.</summary>
    private static IEnumerable<string> Files(string root, string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories)
            .Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    /// <summary>Those of a scenario, and those within others.</summary>
    private static IEnumerable<Step> StepsOf(object record) => RecordFields.Of(record.GetType()).All
        .Select(field => field.Property.GetValue(record))
        .SelectMany(static value => value switch
        {
            Step step => [step],
            IEnumerable<Step> steps => steps,
            _ => [],
        })
        .SelectMany(static step => StepsOf(step).Prepend(step));

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } listed ? listed : "none";

    /// <summary>Uses of profiles: of all their faults, or of some.</summary>
    [GeneratedRegex(@"\bProfile\.(?<name>[A-Z]\w*)(?<some>\s*\.WithFaults)?", RegexOptions.NonBacktracking)]
    private static partial Regex UseOfProfile();

    /// <summary>The source of a spec.</summary>
    private sealed class Spec(string name, string text)
    {
        private readonly IReadOnlyList<Profile> _profiles =
        [
            .. UseOfProfile().Matches(text)
                .Where(static use => !use.Groups["some"].Success)
                .Select(static use => Profile.Find(use.Groups["name"].Value.ToLowerInvariant()))
                .OfType<Profile>(),
        ];

        public string Name { get; } = name;

        public bool Names(StepKind kind) =>
            Regex.IsMatch(text, $"\"{kind.Tag}\"|[-\\x7b]\\s*{kind.Tag}:|\\b(new|is)\\s+{kind.Type.Name}\\b", RegexOptions.NonBacktracking);

        public bool Draws(StepKind kind) => _profiles.Any(profile => ScenarioGenerator.MayDraw(kind, profile));
    }
}
