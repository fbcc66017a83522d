using System.CommandLine;

namespace Raid5Fs.Server.Settings;

/// <summary>
/// One thing that an operator can say, under one name in three places: <c>--block-size</c> on the command line,
/// <c>RAID5FS_SERVER_BLOCK_SIZE</c> in the environment, <c>"block-size"</c> in the JSON file. Its value is a text everywhere, so that
/// it is judged in one way.
/// </summary>
internal abstract class Setting
{
    public const string EnvironmentPrefix = "RAID5FS_SERVER_";

    /// <param name="name">Lower case, with hyphens.</param>
    /// <param name="helpName">Stands for the value in the help; null for a switch.</param>
    /// <param name="description">One line for the help: what, unit, range, default.</param>
    /// <param name="aliases">Other spellings on the command line, with their hyphens.</param>
    protected Setting(string name, string? helpName, string description, string[] aliases)
    {
        Name = name;
        EnvironmentName = EnvironmentPrefix + name.Replace('-', '_').ToUpperInvariant();
        Option = new Option<string?>("--" + name, aliases)
        {
            Description = description,
            HelpName = helpName,
            Arity = helpName is null ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
    }

    /// <summary>Its key in the JSON file, and its name on the command line without the hyphens.</summary>
    public string Name { get; }

    public string EnvironmentName { get; }

    /// <summary>On the command line.</summary>
    public Option<string?> Option { get; }

    /// <summary>What is wrong with a text, as "… is wanted"; null if it can be read.</summary>
    public abstract string? Fault(string text);
}

/// <summary>A <see cref="Setting"/> with values of a type.</summary>
/// <remarks>A default is said in the description, and applied by whoever asks: some depend on other settings.</remarks>
internal sealed class Setting<T> : Setting
{
    private readonly TryParse _tryParse;
    private readonly string _wanted;

    /// <param name="name">Lower case, with hyphens.</param>
    /// <param name="helpName">Stands for the value in the help; null for a switch.</param>
    /// <param name="description">One line for the help: what, unit, range, default.</param>
    /// <param name="tryParse">Reads a value.</param>
    /// <param name="wanted">What a value looks like: ends with "is wanted".</param>
    /// <param name="aliases">Other spellings on the command line, with their hyphens.</param>
    public Setting(
        string name, string? helpName, string description, TryParse tryParse, string wanted, params string[] aliases)
        : base(name, helpName, description, aliases)
    {
        _tryParse = tryParse;
        _wanted = wanted;
    }

    public delegate bool TryParse(string text, out T value);

    public override string? Fault(string text) => _tryParse(text, out _) ? null : _wanted;

    /// <param name="text">One that has no <see cref="Fault"/>.</param>
    public T Parse(string text) =>
        _tryParse(text, out T value) ? value : throw new ArgumentException($"{Name}: {_wanted}", nameof(text));
}
