using System.CommandLine;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.History;
using Raid5Verify.Cli.Reports;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>failures</c>: what campaigns found, from their database.</summary>
internal static class FailuresVerb
{
    public static Command Create(Terminal terminal)
    {
        var database = CampaignOutputs.DatabaseOption();
        var all = new Option<bool>("--all") { Description = "Also what held when it was run again" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of lines" };
        var command = new Command("failures", "Lists the seeds, scenarios and points that failed when they were last run, and how to see each again.")
        {
            database, all, json,
        };
        command.SetAction(parsed =>
            (int)Run(terminal, parsed.GetRequiredValue(database), parsed.GetValue(all), parsed.GetValue(json)));
        return command;
    }

    private static ExitCode Run(Terminal terminal, string path, bool isForAll, bool isJson)
    {
        if (!CampaignDatabase.TryOpenToRead(path, out var database, out var problem))
        {
            return terminal.Refuse($"--db: {problem}");
        }

        IReadOnlyList<FailedSeed> failures;
        IReadOnlyList<FailedRun> found;
        using (database)
        {
            try
            {
                failures = [.. database!.Past.Failures().Where(failure => isForAll || !failure.HasHeldSince)];
                found = [.. database!.Past.Found().Where(failure => isForAll || !failure.HasHeldSince)];
            }
            catch (SqliteException refused)
            {
                return terminal.Refuse($"--db: {path} cannot be read: {CampaignDatabase.Problem(refused)}");
            }
        }

        if (isJson)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(new { Failures = failures, Found = found }, JsonText.Indented));
        }
        else
        {
            WriteLines(terminal.Out, failures, found);
        }

        return ExitCode.Held;
    }

    private static void WriteLines(TextWriter output, IReadOnlyList<FailedSeed> failures, IReadOnlyList<FailedRun> found)
    {
        foreach (var failure in failures)
        {
            Write(
                output,
                $"seed {failure.Seed}, profile {failure.Profile}, strategy {failure.Strategy}{(failure.Chosen is null ? " in turn" : "")}",
                failure);
        }

        foreach (var failure in found)
        {
            Write(output, failure.Kind == "guided" ? $"{failure.Name}, guided, profile {failure.Profile}" : $"point {failure.Name}", failure);
        }

        var others = failures.Concat<PastFailure>(found).Count(failure => failure.Other is not null);
        output.WriteLine(
            $"{failures.Count + found.Count} failed{(others > 0 ? $", {others} of them under another version or build" : "")}");
    }

    private static void Write(TextWriter output, string subject, PastFailure failure)
    {
        output.WriteLine($"{subject}{(failure.HasHeldSince ? ": has held since" : "")}");
        output.WriteLine(failure.Promise is { } promise ? $"  broke    {promise}" : $"  harness  {failure.Harness}");
        output.WriteLine(
            $"  seen     {Spelled.Of(failure.When)} by {failure.Version}"
            + (failure.Other is { } other ? $", {other}: {(failure is FailedSeed ? "the seed" : "the name")} may mean another run by now" : ""));
        if (failure.Bundle is { } bundle)
        {
            output.WriteLine($"  bundle   {bundle}");
        }

        output.WriteLine($"  replay   {failure.Replay ?? "none: its scenario was not kept"}");
    }
}
