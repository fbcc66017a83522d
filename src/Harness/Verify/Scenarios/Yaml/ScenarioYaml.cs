using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>The YAML form of a <see cref="Scenario"/>: reading what is written gives the same scenario again.</summary>
/// <remarks>Thread-safe.</remarks>
public static class ScenarioYaml
{
    /// <param name="path">A file; its name appears in problems as it is given here.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ScenarioReading ReadFile(string path) => Read(File.ReadAllText(path), path);

    /// <param name="text">The whole document.</param>
    /// <param name="file">How problems name it.</param>
    public static ScenarioReading Read(string text, string file)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count != 1)
            {
                return new ScenarioProblem(file, 1, 1, "a scenario file holds exactly one document");
            }

            return new ScenarioReader().Read(stream.Documents[0].RootNode);
        }
        catch (MisfitException misfit)
        {
            return new ScenarioProblem(file, misfit.Start.Line, misfit.Start.Column, misfit.Message);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this, without a place, for some texts that end inside a value.
            return new ScenarioProblem(file, text.Split('\n').Length, 1, "not YAML: the text ends in the middle of a value");
        }
        catch (YamlException malformed)
        {
            string message = (malformed.InnerException ?? malformed).Message.ReplaceLineEndings(" ");
            return new ScenarioProblem(file, malformed.Start.Line, malformed.Start.Column, $"not YAML: {message}");
        }
    }

    public static string Write(Scenario scenario) => ScenarioWriter.Write(ScenarioWriter.ToNode(scenario));

    internal static string WriteStep(Step step) => ScenarioWriter.Write(ScenarioWriter.ToNode(step)).TrimEnd();
}

/// <summary>A scenario, or the one thing that is wrong with its text.</summary>
public readonly record struct ScenarioReading(Scenario? Scenario, ScenarioProblem? Problem)
{
    public static implicit operator ScenarioReading(Scenario scenario) => new(scenario, null);

    public static implicit operator ScenarioReading(ScenarioProblem problem) => new(null, problem);
}

/// <summary>What is wrong with a scenario's text, and where.</summary>
/// <param name="File">As the reader was given it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">One line.</param>
public sealed record ScenarioProblem(string File, long Line, long Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
