using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Cli.Arguments;

/// <summary>Scenarios named on the command line. A problem is one line, with file, line and column where there are any.</summary>
internal static class ScenarioFiles
{
    /// <param name="path">A file, or a folder that has at least one scenario below it, outside folders called <c>shared</c>.</param>
    /// <param name="files">In ordinal order.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryFind(string path, out IReadOnlyList<string> files, out string? problem)
    {
        problem = null;
        if (File.Exists(path))
        {
            files = [path];
            return true;
        }

        if (!Directory.Exists(path))
        {
            files = [];
            problem = $"there is no file and no folder {path}";
            return false;
        }

        files = ScenarioFolder.Files(path);
        problem = files.Count == 0 ? $"there is no scenario (*.yaml) below {path}" : null;
        return problem is null;
    }

    /// <param name="file">Which.</param>
    /// <param name="scenario">Null if there is a problem.</param>
    /// <param name="problem">A line for each thing that is wrong, or null.</param>
    public static bool TryRead(string file, out Scenario? scenario, out string? problem)
    {
        try
        {
            var reading = ScenarioYaml.ReadFile(file);
            scenario = reading.Scenario;
            problem = reading.Problems.Count > 0 ? string.Join('\n', reading.Problems) : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            scenario = null;
            problem = $"{file} cannot be read: {refused.Message}";
        }

        return scenario is not null;
    }
}
