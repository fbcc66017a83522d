using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Raid5Verify.Mutants;

/// <summary>All mutants of a folder: a YAML file a layer, with a list of them.</summary>
public sealed class Catalogue
{
    private Catalogue(IReadOnlyList<Mutant> mutants, IReadOnlyList<string> problems) => (Mutants, Problems) = (mutants, problems);

    /// <summary>In the order of their files' names, and in a file in its own.</summary>
    public IReadOnlyList<Mutant> Mutants { get; }

    /// <summary>What is wrong with entries, one line each, as compilers write it: <c>parity.yaml(12): error …</c>.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Reads every file of a folder, and holds the entries against the sources.</summary>
    /// <param name="folder">Of <c>*.yaml</c>.</param>
    /// <param name="sources">The folder of the System's core.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static Catalogue Read(string folder, string sources)
    {
        List<Mutant> mutants = [];
        List<string> problems = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            try
            {
                mutants.AddRange(ReadFile(path));
            }
            catch (YamlException wrong)
            {
                problems.Add($"{path}({wrong.Start.Line},{wrong.Start.Column}): error MUTANT: {(wrong.InnerException ?? wrong).Message}");
            }
        }

        foreach (Mutant mutant in mutants)
        {
            string? problem = mutants.First(other => other.Name == mutant.Name) != mutant ? "its name is taken" : FindProblem(mutant, sources);
            if (problem is not null)
            {
                problems.Add(ProblemOf(mutant, problem));
            }
        }

        if (mutants.Count == 0 && problems.Count == 0)
        {
            problems.Add($"{folder}: error MUTANT: there is no mutant in it");
        }

        return new Catalogue(mutants, problems);
    }

    /// <summary>What is wrong with a mutant, in one line that begins with its place.</summary>
    public static string ProblemOf(Mutant mutant, string problem) => $"{mutant.Place}: error MUTANT: {mutant.Name}: {problem}";

    private static IEnumerable<Mutant> ReadFile(string path)
    {
        string text = File.ReadAllText(path);
        string[] lines = text.Split('\n');
        IDeserializer yaml = new DeserializerBuilder()
            .WithNamingConvention(HyphenatedNamingConvention.Instance)
            .WithEnforceRequiredMembers()
            .WithDuplicateKeyChecking()
            .Build();
        int line = -1;
        foreach (Entry? entry in yaml.Deserialize<List<Entry?>?>(text) ?? [])
        {
            if (entry is null || entry.Edits.Contains(null!) || entry.Breaks.Contains(null!))
            {
                throw new YamlException("an item of a list is empty");
            }

            line = Array.IndexOf(lines, $"- name: {entry.Name}", line + 1);
            yield return new Mutant
            {
                Name = entry.Name,
                Layer = Path.GetFileNameWithoutExtension(path),
                Models = entry.Models,
                Documented = entry.Documented,
                Breaks = entry.Breaks,
                Edits = [.. entry.Edits.Select(edit => new SourceEdit { File = edit.File, Text = edit.Text.TrimEnd('\n'), Replacement = edit.Replacement.TrimEnd('\n') })],
                Place = $"{path}({line + 1})",
            };
        }
    }

    /// <summary>Its name is a file's, and is typed.</summary>
    private static bool IsKebabCase(string name) =>
        name.Split('-').All(word => word.Length > 0 && word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)));

    private static string? FindProblem(Mutant mutant, string sources)
    {
        Dictionary<string, string> changed = [];
        foreach (SourceEdit edit in mutant.Edits)
        {
            string path = Path.Combine(sources, edit.File);
            if (!changed.TryGetValue(path, out string? source) && !File.Exists(path))
            {
                return $"there is no {edit.File} in {sources}";
            }

            if (edit.Apply(source ?? File.ReadAllText(path), out string? problem) is not { } edited)
            {
                return problem;
            }

            changed[path] = edited;
        }

        return !IsKebabCase(mutant.Name) ? "its name is not of small letters and figures, with single hyphens between them"
            : mutant.Edits.Count == 0 ? "it changes nothing" : mutant.Breaks.Count == 0 ? "it breaks nothing" : null;
    }

    /// <summary>An entry as YAML writes it.</summary>
    private sealed class Entry
    {
        public required string Name { get; init; }

        public required string Models { get; init; }

        public required string Documented { get; init; }

        public required List<string> Breaks { get; init; }

        public required List<EntryEdit> Edits { get; init; }
    }

    /// <summary>An edit as YAML writes it: block scalars end in a line feed.</summary>
    private sealed class EntryEdit
    {
        public required string File { get; init; }

        public required string Text { get; init; }

        public required string Replacement { get; init; }
    }
}
