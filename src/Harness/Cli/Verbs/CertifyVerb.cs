using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Certification;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>certify</c>: the same seeds in processes that differ in whatever should not matter.</summary>
internal sealed class CertifyVerb
{
    private const long DefaultSeeds = 20;

    private readonly Option<long?> _seeds = ParsedOption.Of<long>(
        "--seeds", "N", $"How many seeds each process runs, default {DefaultSeeds}", CountText.TryParse, "a whole number from 1 is wanted");

    private readonly Option<ulong?> _from = ParsedOption.Of<ulong>(
        "--from", "SEED", "The first seed, default 1", SeedText.TryParse, "a seed is a 64-bit number, decimal or 0x hex");

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Simulations at the same time where there is not one, default one a processor, at least 2", CountText.TryParseSeveralJobs, CountText.SeveralJobsWanted);

    private readonly CampaignChoices _choices = new();

    private readonly Option<string[]> _builds = new("--builds")
    {
        Description = "Folders of builds to compare, default: the Release and the Debug build of this clone",
        HelpName = "DIR",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _short = new("--short") { Description = "Strategies in turn only; one process for each build, and one more" };

    private readonly Terminal _terminal;

    private CertifyVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new CertifyVerb(terminal);
        var command = new Command(
            "certify", "Runs the same seeds in many processes, which differ in build, jobs and JIT, and certifies one hash of all hashes.")
        {
            verb._seeds, verb._from, verb._jobs,
        };
        verb._choices.AddProfileTo(command);
        command.Options.Add(verb._builds);
        command.Options.Add(verb._short);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        var found = parsed.GetValue(_builds) is { Length: > 0 } folders
            ? Build.TryFind(folders, out var builds, out var problem)
            : Build.TryFindBoth(out builds, out problem);
        if (!found)
        {
            return _terminal.Refuse(problem!);
        }

        var jobs = parsed.GetValue(_jobs) ?? Math.Max(2, Environment.ProcessorCount);
        var folder = Directory.CreateTempSubdirectory("raid5verify-certify-");
        try
        {
            return Certify(
                new Seeds(_choices.ProfileOf(parsed), parsed.GetValue(_from) ?? 1, parsed.GetValue(_seeds) ?? DefaultSeeds),
                parsed.GetValue(_short) ? Configuration.Few(builds!, jobs) : Configuration.All(builds!, jobs),
                new ChildProcess(folder.FullName, _terminal.Interrupted),
                folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private ExitCode Certify(Seeds seeds, IReadOnlyList<Configuration> configurations, ChildProcess child, string folder)
    {
        var certificate = new Certificate(configuration => child.Explore(configuration, seeds.Profile, seeds.From, seeds.Count));
        var worst = ExitCode.Held;
        _terminal.Out.WriteLine(CertificateLines.Header);
        foreach (var row in certificate.Rows(configurations))
        {
            if (_terminal.Interrupted.IsCancellationRequested)
            {
                return _terminal.Refuse("interrupted: nothing is certified");
            }

            _terminal.Out.WriteLine(CertificateLines.Of(row));
            if (row.Run.Hashes.Count == 0)
            {
                return Failed($"{CertificateLines.Named(row.Configuration)} ran nothing, exit code {(int)row.Run.ExitCode}: {row.Run.Complaint.Trim()}");
            }

            if (row.FirstDifference is { } seed)
            {
                return Failed(Describe(row, seed, seeds.Profile, child, folder));
            }

            worst = row.Run.ExitCode > worst ? row.Run.ExitCode : worst;
        }

        _terminal.Out.WriteLine(
            $"certificate {certificate.Hash:x16}: {seeds.Count:N0} seeds from {seeds.From}, profile {seeds.Profile}, are the same runs in {configurations.Count} processes; version {ProgramVersion.Version}");
        if (worst != ExitCode.Held)
        {
            _terminal.Out.WriteLine(
                $"not every seed held: explore --from {seeds.From} --seeds {seeds.Count} --profile {seeds.Profile} shows which");
        }

        return worst;
    }

    /// <summary>Runs the seed again in both configurations, traced, and says where the two part.</summary>
    private static string Describe(CertificateRow row, ulong seed, Profile profile, ChildProcess child, string folder)
    {
        var (one, other) = (Path.Combine(folder, "one.jsonl"), Path.Combine(folder, "other.jsonl"));
        child.Trace(row.Model, profile, seed, one);
        child.Trace(row.Configuration, profile, seed, other);
        var (mine, its) = (CertificateLines.Named(row.Model), CertificateLines.Named(row.Configuration));
        var same = $"seed {seed} is not the same run in ({mine}) and in ({its})";
        if (!File.Exists(one) || !File.Exists(other))
        {
            return $"{same}; it could not be run again, traced";
        }

        return TraceDifference.Find(one, other) is { } difference
            ? $"{same}\n  they part at event {difference.Seq}\n  one:   {difference.One ?? "ended"}\n  other: {difference.Other ?? "ended"}"
            : $"{same}; run again, traced, they agree";
    }

    private ExitCode Failed(string what)
    {
        _terminal.Error.WriteLine($"raid5verify: the harness failed: {what}");
        return ExitCode.HarnessFailed;
    }

    private sealed record Seeds(Profile Profile, ulong From, long Count);
}
