using System.Collections;
using System.CommandLine;

namespace Raid5Fs.Server.Settings;

/// <summary>What the operator said, all of it readable. The command line comes before the environment, and that before the file.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<Setting, GivenText> _given = [];

    private SettingValues()
    {
    }

    /// <summary>Gathers the settings of a verb from all three places.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="environment">The process's.</param>
    /// <param name="values">What was said; null if some of it is wrong.</param>
    /// <returns>What is wrong, in one line that names where; null if nothing is.</returns>
    public static string? Gather(ParseResult parsed, IDictionary environment, out SettingValues? values)
    {
        values = null;
        var gathered = new SettingValues();
        gathered.TakeCommandLine(parsed);
        if (gathered.TakeEnvironment(environment) is { } complaint)
        {
            return complaint;
        }

        if (gathered.TextOf(KnownSettings.Config) is { } path)
        {
            string? unreadable = SettingFile.Read(path, out IReadOnlyList<(Setting Setting, string Text, string Source)> texts);
            if (unreadable is not null)
            {
                return unreadable;
            }

            foreach ((Setting setting, string text, string source) in texts)
            {
                gathered._given.TryAdd(setting, new GivenText(text, source));
            }
        }

        foreach ((Setting setting, GivenText given) in gathered._given)
        {
            if (setting.Fault(given.Text) is { } wanted)
            {
                return $"{given.Source} '{given.Text}': {wanted}";
            }
        }

        values = gathered;
        return null;
    }

    /// <summary>Whether it was said at all.</summary>
    public bool Has(Setting setting) => _given.ContainsKey(setting);

    /// <summary>What was said, or else a default.</summary>
    public T Get<T>(Setting<T> setting, T otherwise) =>
        _given.TryGetValue(setting, out GivenText given) ? setting.Parse(given.Text) : otherwise;

    /// <summary>Where it was said: the name by which the operator knows it.</summary>
    public string SourceOf(Setting setting) =>
        _given.TryGetValue(setting, out GivenText given) ? given.Source : setting.Option.Name;

    private string? TextOf(Setting setting) => _given.TryGetValue(setting, out GivenText given) ? given.Text : null;

    private void TakeCommandLine(ParseResult parsed)
    {
        foreach (Setting setting in KnownSettings.All)
        {
            if (parsed.GetResult(setting.Option) is { Implicit: false } found)
            {
                _given[setting] = new GivenText(found.Tokens.Count > 0 ? found.Tokens[0].Value : "true", setting.Option.Name);
            }
        }
    }

    private string? TakeEnvironment(IDictionary environment)
    {
        Dictionary<string, Setting> known = KnownSettings.All.ToDictionary(setting => setting.EnvironmentName, StringComparer.Ordinal);
        foreach (DictionaryEntry variable in environment)
        {
            if (variable is { Key: string name, Value: string text } && name.StartsWith(Setting.EnvironmentPrefix, StringComparison.Ordinal))
            {
                if (!known.TryGetValue(name, out Setting? setting))
                {
                    return $"{name}: there is no such setting; raid5fs-server --help lists them";
                }

                _given.TryAdd(setting, new GivenText(text, name));
            }
        }

        return null;
    }

    private readonly record struct GivenText(string Text, string Source);
}
