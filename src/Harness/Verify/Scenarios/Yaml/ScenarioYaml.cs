namespace Raid5Verify.Scenarios.Yaml;

/// <summary>The YAML form of a <see cref="Scenario"/>: reading what is written gives the same scenario again.</summary>
/// <remarks>
/// Thread-safe. What is written is one text: what was included, or shared by anchors, is in it as often as it was used.
/// </remarks>
public static class ScenarioYaml
{
    /// <param name="path">A file; its name appears in problems as it is given here.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ScenarioReading ReadFile(string path) => Read(File.ReadAllText(path), path);

    /// <param name="text">The whole document.</param>
    /// <param name="file">How problems name it; what it includes is looked for beside it.</param>
    /// <param name="readIncluded">
    /// Gives the text of an included file, and throws as <see cref="File.ReadAllText(string)"/> does; null for that itself.
    /// </param>
    public static ScenarioReading Read(string text, string file, Func<string, string>? readIncluded = null)
    {
        List<ScenarioProblem> problems = [];
        Scenario? scenario = null;
        if (new ScenarioSource(readIncluded ?? File.ReadAllText, Report).Load(text, file) is { } root)
        {
            scenario = new ScenarioReader(Report).Read(root);
        }

        // In the order of the text, those of included files behind.
        return problems.Count == 0 ? new ScenarioReading(scenario, []) : new ScenarioReading(null,
        [
            .. problems.Distinct().OrderBy(problem => problem.File == file ? 0 : 1)
                .ThenBy(problem => problem.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column),
        ]);

        void Report(Place place, string message) => problems.Add(new ScenarioProblem(place.File, place.Line, place.Column, message));
    }

    public static string Write(Scenario scenario) => ScenarioWriter.Write(ScenarioWriter.ToNode(scenario));

    internal static string WriteStep(Step step) => ScenarioWriter.Write(ScenarioWriter.ToNode(step)).TrimEnd();
}

/// <summary>A scenario, or all that is wrong with its text.</summary>
/// <param name="Scenario">Null if anything is wrong.</param>
/// <param name="Problems">In the order of the text; empty if there is a scenario.</param>
public readonly record struct ScenarioReading(Scenario? Scenario, IReadOnlyList<ScenarioProblem> Problems)
{
    /// <summary>The first thing that is wrong; null if nothing is.</summary>
    public ScenarioProblem? Problem => Problems.Count > 0 ? Problems[0] : null;
}

/// <summary>What is wrong with a scenario's text, and where.</summary>
/// <param name="File">As the reader was given it, or as it was included.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">One line.</param>
public sealed record ScenarioProblem(string File, long Line, long Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
