using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Generation;

/// <content>Fewer files, nearer to the root, with shorter names.</content>
public static partial class ScenarioShrinker
{
    /// <summary>Beyond so many, each pair of them would be too many to try.</summary>
    private const int MostMerged = 12;

    private const int LongName = 8;

    /// <summary>All that is about one path.</summary>
    private static IEnumerable<Scenario> DropPaths(Scenario scenario) => PathsOf(scenario)
        .Select(path => ScenarioPart.Map(
            scenario, steps => [.. steps.Where(step => step is not FileOperation operation || !operation.Paths.Contains(path))]))
        .Where(cut => scenario.StepCount - cut.StepCount > 1 && cut.StepCount > 0);

    private static IEnumerable<Scenario> MergePaths(Scenario scenario)
    {
        List<string> paths = PathsOf(scenario);
        foreach (string directory in paths.SelectMany(Above).Distinct())
        {
            // What is below it moves up, and it stays where it is.
            string parent = directory[..directory.LastIndexOf('/')];
            yield return WithPaths(scenario, path => path.StartsWith($"{directory}/", StringComparison.Ordinal) ? parent + path[directory.Length..] : path);
        }

        foreach (string name in paths.SelectMany(path => path.Split('/')).Where(name => name.Length > LongName).Distinct())
        {
            yield return WithPaths(scenario, path => string.Join('/', path.Split('/').Select(part => part == name ? name[..1] : part)));
        }

        for (int later = 1; later < paths.Count && paths.Count <= MostMerged; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                (string from, string to) = (paths[later], paths[earlier]);
                yield return WithPaths(scenario, path => path == from ? to : path);
            }
        }
    }

    /// <summary>Every absolute path that a step names, but the root, in the order of their first mention.</summary>
    private static List<string> PathsOf(Scenario scenario)
    {
        List<string> paths = [];
        WithPaths(scenario, path =>
        {
            paths.Add(path);
            return path;
        });
        return [.. paths.Where(path => path.Length > 1).Distinct()];
    }

    /// <summary>The directories that lead to a path, from the root down, without the root.</summary>
    private static IEnumerable<string> Above(string path)
    {
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    private static Scenario WithPaths(Scenario scenario, Func<string, string> map) =>
        ScenarioPart.Map(scenario, steps => [.. steps.Select(step => WithPaths(step, map))]);

    private static Step WithPaths(Step step, Func<string, string> map)
    {
        RecordFields fields = RecordFields.Of(step.GetType());
        foreach (RecordField field in fields.All)
        {
            object? value = field.Property.GetValue(step);
            object? mapped = value switch
            {
                string text when text.StartsWith('/') => map(text),
                BlockTarget.OfFile place => place with { Path = map(place.Path) },
                IReadOnlyList<Step> { Count: > 0 } steps => steps.Select(inner => WithPaths(inner, map)).ToList(),
                _ => value,
            };
            step = !Equals(mapped, value) ? (Step)fields.With(step, field, mapped) : step;
        }

        return step;
    }
}
