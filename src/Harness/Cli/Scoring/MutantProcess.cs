using System.Globalization;
using System.Text.Json;
using Raid5Verify.Mutants;

namespace Raid5Verify.Cli.Scoring;

/// <summary>Looks for a mutant in a process of its own: whatever the bug does, this process stands.</summary>
/// <param name="program">A copy of this program, with the mutant in it.</param>
/// <param name="folder">For failure bundles.</param>
/// <param name="limits">What it may take.</param>
/// <param name="interrupted">Ends the process that runs.</param>
internal sealed class MutantProcess(ProgramFolder program, string folder, MutantLimits limits, CancellationToken interrupted)
{
    private const string Program = "Raid5Verify.Cli.dll";

    /// <summary>Lines of a complaint that are passed on.</summary>
    private const int LinesTold = 4;

    /// <summary>Explores, until a run fails.</summary>
    public MutantTrial Look(Mutant mutant, MutantSearch search)
    {
        var ended = Start(
        [
            "explore", "--until-failure", "--seeds", $"{limits.Seeds}", "--jobs", "1", "--json", "--no-db", "--out", folder,
            "--shrink", Text(limits.Shrinking), .. search.HasProfile ? [] : (string[])["--profile", limits.Profile], .. search.Arguments,
        ]);
        return FindUnfit(mutant, search, ended)
            ?? TryRead(mutant, search, ended)
            ?? Unfit(mutant, search, Complaint(ended));
    }

    /// <summary>Runs one scenario, which must fail.</summary>
    public MutantTrial Run(Mutant mutant, MutantSearch search, string scenario)
    {
        if (!File.Exists(scenario))
        {
            return Unfit(mutant, search, $"no scenario is kept of it: {scenario}");
        }

        var ended = Start(["run", scenario]);
        return FindUnfit(mutant, search, ended) ?? (ExitCode)ended.ExitCode switch
        {
            ExitCode.Held => new MutantTrial { Mutant = mutant, Search = search, Outcome = MutantOutcome.Survived, Runs = 1 },
            ExitCode.PromiseBroken => new MutantTrial { Mutant = mutant, Search = search, Outcome = MutantOutcome.Killed, Runs = 1 },
            _ => Unfit(mutant, search, Complaint(ended)),
        };
    }

    public static MutantTrial Unfit(Mutant mutant, MutantSearch search, string complaint) =>
        new() { Mutant = mutant, Search = search, Outcome = MutantOutcome.Unfit, Complaint = complaint };

    private EndedProcess Start(IReadOnlyList<string> arguments) => DotnetProcess.Run(
        ["exec", program.PathOf(Program), .. arguments],
        [("DOTNET_GCHeapHardLimit", limits.MemoryBytes.ToString("x", CultureInfo.InvariantCulture))],
        limits.Time,
        interrupted);

    private MutantTrial? FindUnfit(Mutant mutant, MutantSearch search, EndedProcess ended) =>
        interrupted.IsCancellationRequested ? Unfit(mutant, search, "interrupted")
        : ended.IsKilled ? Unfit(mutant, search, $"still running after {limits.Time.TotalSeconds:0} s")
        : null;

    private static string Complaint(EndedProcess ended) => $"exit code {ended.ExitCode}: {FirstLines(ended.Complaint)}";

    /// <returns>Null if it did not come to an end of its own: then it may have written anything, or half of it.</returns>
    private static MutantTrial? TryRead(Mutant mutant, MutantSearch search, EndedProcess ended)
    {
        if ((ExitCode)ended.ExitCode is not (ExitCode.Held or ExitCode.PromiseBroken or ExitCode.HarnessFailed))
        {
            return null;
        }

        try
        {
            return Read(mutant, search, ended.Output);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static MutantTrial Read(Mutant mutant, MutantSearch search, string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var campaign = document.RootElement;
        var failure = campaign.GetProperty("failures").EnumerateArray().Select(found => (JsonElement?)found).FirstOrDefault();
        var trial = new MutantTrial
        {
            Mutant = mutant,
            Search = search,
            Outcome = failure is null ? MutantOutcome.Survived : MutantOutcome.Killed,
            Runs = campaign.GetProperty("passed").GetInt64() + campaign.GetProperty("failed").GetInt64(),
            CpuSeconds = campaign.GetProperty("cpu_seconds").GetDouble(),
        };
        return failure is not { } first ? trial
            : first.GetProperty("breaks").GetString() is not { } promise ? trial with
            {
                Outcome = MutantOutcome.Unfit,
                Complaint = FirstLines(first.GetProperty("harness").GetString() ?? string.Empty),
            }
            : trial with
            {
                CaughtBy = promise,
                MinimalSteps = first.GetProperty("minimal_steps") is { ValueKind: JsonValueKind.Number } steps ? steps.GetInt32() : null,
                Bundle = first.GetProperty("bundle").GetString(),
            };
    }

    private static string FirstLines(string text) =>
        string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(LinesTold));

    private static string Text(TimeSpan time) => time == TimeSpan.Zero ? "0" : $"{(long)Math.Ceiling(time.TotalSeconds)}s";
}
