using System.CommandLine;
using Microsoft.Data.Sqlite;
using Raid5Verify.Cli.History;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Arguments;

/// <summary>
/// What a seed means that is named alone: the run that failed under it, if the database of campaigns has one. And where the bundle is of
/// a scenario that a guided search found.
/// </summary>
internal sealed class SeenSeed
{
    private readonly Option<string> _database = CampaignOutputs.DatabaseOption(
        "Where a seed alone is looked up: what it failed under is taken for its profile and strategy");

    private readonly Option<bool> _noDatabase = new("--no-db") { Description = "Look a seed up nowhere" };

    public void AddTo(Command command)
    {
        command.Options.Add(_database);
        command.Options.Add(_noDatabase);
    }

    public bool IsGiven(ParseResult parsed) => IsNamed(parsed) || parsed.GetValue(_noDatabase);

    /// <param name="parsed">The command line.</param>
    /// <param name="seed">Which.</param>
    /// <param name="profile">Is changed if the seed failed under one.</param>
    /// <param name="strategy">As well.</param>
    /// <param name="source">Where that is said, in one line; null if nothing is changed.</param>
    /// <param name="problem">One line, or null: it cannot be read, or the seed failed under several.</param>
    public bool TryFind(
        ParseResult parsed, ulong seed, ref Profile profile, ref StrategyKind? strategy, out string? source, out string? problem)
    {
        source = null;
        problem = null;
        var path = parsed.GetRequiredValue(_database);
        if (parsed.GetValue(_noDatabase) || (!IsNamed(parsed) && !File.Exists(path)))
        {
            return true;
        }

        if (!TryRead(path, past => past.Failures(), out var all, out problem))
        {
            return false;
        }

        List<FailedSeed> failures = [.. all.Where(failure => failure.Seed == seed && !failure.HasHeldSince)];

        if (failures.Count > 1)
        {
            problem = $"seed {seed} failed in several runs, name one: {string.Join(", ", failures.Select(Options))}";
        }
        else if (failures is [var failure])
        {
            var chosen = failure.Chosen is null ? null : CampaignChoices.FindStrategy(failure.Chosen);
            if (Profile.Find(failure.Profile) is { } found && (chosen is null) == (failure.Chosen is null))
            {
                (profile, strategy) = (found, chosen);
                source = $"seed {seed} failed before with {Options(failure)}, as {path} has it: so it is run";
            }
            else
            {
                problem = $"seed {seed} failed with {Options(failure)}, which this program does not have: name others, or --no-db";
            }
        }

        return problem is null;
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="name">Of a scenario.</param>
    /// <param name="bundle">The folder that was kept of it; null if none is known.</param>
    /// <param name="problem">One line, or null: it cannot be read, or what was kept is gone.</param>
    public bool TryFindBundle(ParseResult parsed, string name, out string? bundle, out string? problem)
    {
        bundle = null;
        problem = null;
        var path = parsed.GetRequiredValue(_database);
        if (parsed.GetValue(_noDatabase) || (!IsNamed(parsed) && !File.Exists(path)))
        {
            return true;
        }

        if (!TryRead(path, past => past.Found(), out var all, out problem))
        {
            return false;
        }

        if (all.FirstOrDefault(failure => failure.Name == name) is { } found)
        {
            bundle = Directory.Exists(found.Bundle) ? found.Bundle : null;
            problem = bundle is null ? $"'{name}' failed before, as {path} has it, but {found.Bundle ?? "its scenario"} was not kept" : null;
        }

        return problem is null;
    }

    private static string Options(FailedSeed failure) =>
        $"--profile {failure.Profile}{(failure.Chosen is { } strategy ? $" --strategy {strategy}" : "")}";

    private static bool TryRead<T>(string path, Func<PastCampaigns, IReadOnlyList<T>> read, out IReadOnlyList<T> failures, out string? problem)
    {
        failures = [];
        if (!CampaignDatabase.TryOpenToRead(path, out var database, out problem))
        {
            problem = $"--db: {problem}";
            return false;
        }

        using (database)
        {
            try
            {
                failures = read(database!.Past);
            }
            catch (SqliteException refused)
            {
                problem = $"--db: {path} cannot be read: {CampaignDatabase.Problem(refused)}";
            }
        }

        return problem is null;
    }

    private bool IsNamed(ParseResult parsed) => parsed.GetResult(_database) is { Implicit: false };
}
