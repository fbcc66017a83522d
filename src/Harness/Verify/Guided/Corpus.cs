using System.Runtime.ExceptionServices;
using Raid5Verify.Campaigns;
using Raid5Verify.Coverage;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Guided;

/// <summary>The scenarios that reached states which none before them had: what others are made of.</summary>
/// <remarks>At most <see cref="Most"/> are in memory. Not thread-safe.</remarks>
/// <param name="folder">Where each is kept as a YAML file as well; null for nowhere.</param>
internal sealed class Corpus(string? folder)
{
    /// <summary>Entries in memory; when there would be more, those go whose states others have reached again and again.</summary>
    private const int Most = 1000;

    /// <summary>A state that as many runs have reached is no longer a reason to go on from there.</summary>
    private const int RarelyReached = 3;

    private readonly List<Entry> _entries = [];
    private Exception? _refusal;

    public int Count => _entries.Count;

    /// <summary>A file could not be written; no further one is.</summary>
    public bool IsRefused => _refusal is not null;

    /// <summary>The scenarios of a folder, as they were kept, in the order of their files' names.</summary>
    /// <param name="folder">Need not exist.</param>
    /// <param name="mode">How far the faults of all of them must go.</param>
    /// <param name="problem">The first thing that is wrong with one of them, in one line; else null.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static IReadOnlyList<Scenario> Read(string folder, RunMode mode, out string? problem)
    {
        List<Scenario> scenarios = [];
        problem = null;
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml") : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            ScenarioReading reading = ScenarioYaml.ReadFile(file);
            problem ??= reading.Problem?.ToString();
            if (reading.Scenario is { } scenario)
            {
                problem ??= scenario.Options.Mode == mode ? null : $"{file}: its mode is another than the profile's: they cannot be mixed";
                scenarios.Add(scenario);
            }
        }

        return scenarios;
    }

    /// <summary>Makes the folder, if there is to be one.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public void MakeFolder()
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Takes a scenario in.</summary>
    /// <param name="scenario">Its name is its file's.</param>
    /// <param name="states">The states that it reached first.</param>
    /// <param name="isKept">Whether it has a file already.</param>
    public void Add(Scenario scenario, IReadOnlyList<int> states, bool isKept)
    {
        _entries.Add(new Entry(scenario, states));
        if (folder is null || isKept || IsRefused)
        {
            return;
        }

        try
        {
            File.WriteAllText(Path.Combine(folder, $"{FailureBundle.FolderName(scenario)}.yaml"), ScenarioYaml.Write(scenario));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            _refusal = refusal;
        }
    }

    /// <exception cref="IOException">A file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file might not be written.</exception>
    public void ThrowIfRefused()
    {
        if (_refusal is { } refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
        }
    }

    /// <summary>Weighs the entries anew, and forgets the least of those that are too many.</summary>
    public void Weigh(CoverageTally tally)
    {
        foreach (Entry entry in _entries)
        {
            entry.Rare = entry.States.Count(state => tally.RunsAt(state) <= RarelyReached);
        }

        if (_entries.Count > Most)
        {
            foreach (Entry least in _entries.OrderBy(static entry => entry.Weight).Take(_entries.Count - Most).ToArray())
            {
                _entries.Remove(least);
            }
        }
    }

    /// <summary>One of the entries: the rarer what it reached, and the less often it was chosen, the likelier.</summary>
    public Scenario Choose(Random dice)
    {
        long pick = dice.NextInt64(_entries.Sum(static entry => entry.Weight));
        Entry chosen = _entries.First(entry => (pick -= entry.Weight) < 0);
        chosen.Chosen++;
        return chosen.Scenario;
    }

    private sealed class Entry(Scenario scenario, IReadOnlyList<int> states)
    {
        private const long Unit = 256;

        public Scenario Scenario { get; } = scenario;

        public IReadOnlyList<int> States { get; } = states;

        public int Rare { get; set; } = states.Count;

        public int Chosen { get; set; }

        public long Weight => ((1 + Rare) * Unit / (1 + Chosen)) + 1;
    }
}
