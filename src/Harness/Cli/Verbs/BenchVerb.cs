using System.CommandLine;
using System.Text.Json;
using Raid5Verify.Cli.Bench;
using Raid5Verify.Cli.Reports;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>bench</c>: what the harness costs, against its targets.</summary>
internal static class BenchVerb
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of lines" };
        var command = new Command("bench", "Counts what the array and the file system cost and measures the harness, a CPU-second at a time, against targets. Takes minutes.") { json };
        command.SetAction(parsed =>
        {
            var isAnyMissed = false;
            var figures = Figures().Select(figure =>
            {
                isAnyMissed |= figure.Held == false;
                return figure;
            });
            if (parsed.GetValue(json))
            {
                WriteJson(terminal.Out, figures);
            }
            else
            {
                WriteLines(terminal.Out, figures);
            }

            return (int)(isAnyMissed ? ExitCode.PromiseBroken : ExitCode.Held);
        });
        return command;
    }

    private static IEnumerable<Figure> Figures()
    {
        foreach (var figure in ArrayCosts.Measure().Concat(FileSystemCosts.Measure()))
        {
            yield return figure;
        }

        yield return SchedulerSteps.Measure();
        yield return SimulatedCalls.Measure();
        foreach (var figure in DefaultProfile.Measure().Concat(PlantedFailure.Measure()).Concat(PeakMemory.Measure()))
        {
            yield return figure;
        }
    }

    private static void WriteLines(TextWriter output, IEnumerable<Figure> figures)
    {
        foreach (var figure in figures)
        {
            var verdict = figure.Target is { } target ? $"{target,-12} {(figure.Held == true ? "held" : "MISSED")}" : "";
            output.WriteLine($"{figure.Name,-22} {figure.Value,14:N2} {figure.Unit,-54} {verdict}".TrimEnd());
        }
    }

    private static void WriteJson(TextWriter output, IEnumerable<Figure> figures)
    {
        var rows = figures.Select(figure => new
        {
            name = figure.Name,
            value = figure.Value,
            unit = figure.Unit,
            target = figure.Target?.Bound,
            held = figure.Held,
        });
        output.WriteLine(JsonSerializer.Serialize(new { figures = rows }, JsonText.Indented));
    }
}
