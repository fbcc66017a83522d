using System.Text;

namespace VerifyTests;

/// <summary>Where the approved file of a test is, and what is taken out of its text first.</summary>
/// <remarks>Not thread-safe; one instance may be given to many tests once it is set up.</remarks>
public sealed class VerifySettings
{
    private readonly List<Action<StringBuilder>> _scrubbers = [];

    public VerifySettings()
    {
    }

    public VerifySettings(VerifySettings? settings)
    {
        if (settings is null)
        {
            return;
        }

        _scrubbers.AddRange(settings._scrubbers);
        Directory = settings.Directory;
        TypeName = settings.TypeName;
        MethodName = settings.MethodName;
        TextForParameters = settings.TextForParameters;
    }

    internal string? Directory { get; private set; }

    internal string? TypeName { get; private set; }

    internal string? MethodName { get; private set; }

    internal string? TextForParameters { get; private set; }

    /// <summary>Changes the text before it is compared. The scrubber that was added last runs first.</summary>
    public void AddScrubber(Action<StringBuilder> scrubber)
    {
        ArgumentNullException.ThrowIfNull(scrubber);
        _scrubbers.Insert(0, scrubber);
    }

    /// <summary>Takes out each line that contains one of <paramref name="stringToMatch"/>, in any case.</summary>
    public void ScrubLinesContaining(params string[] stringToMatch)
    {
        ArgumentNullException.ThrowIfNull(stringToMatch);
        ScrubLinesWithReplace(line =>
            stringToMatch.Any(part => line.Contains(part, StringComparison.OrdinalIgnoreCase)) ? null : line);
    }

    /// <summary>Replaces each line by what <paramref name="replaceLine"/> makes of it; null takes it out.</summary>
    public void ScrubLinesWithReplace(Func<string, string?> replaceLine)
    {
        ArgumentNullException.ThrowIfNull(replaceLine);
        AddScrubber(text =>
        {
            var lines = text.ToString().Split('\n').Select(replaceLine).Where(line => line is not null);
            var replaced = string.Join('\n', lines);
            text.Clear().Append(replaced);
        });
    }

    /// <summary>Keeps the files in another folder; a relative one starts at the folder of the test's source.</summary>
    public void UseDirectory(string directory) => Directory = directory;

    /// <summary>Names the files after another class.</summary>
    public void UseTypeName(string name) => TypeName = name;

    /// <summary>Names the files after another method.</summary>
    public void UseMethodName(string name) => MethodName = name;

    /// <summary>Tells the cases of a theory apart: <c>Class.Method_text.verified.txt</c>.</summary>
    public void UseTextForParameters(string parametersText) => TextForParameters = parametersText;

    internal string Scrub(string text)
    {
        var builder = new StringBuilder(text);
        foreach (var scrubber in _scrubbers)
        {
            scrubber(builder);
        }

        return builder.ToString();
    }
}
