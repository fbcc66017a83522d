using System.Text.Json;
using System.Text.Json.Serialization;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client;

/// <summary>Where the tool reads and writes, and whether a person watches.</summary>
/// <param name="In">What is typed, or a script.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">What went wrong, a line each, and progress.</param>
/// <param name="Interruption">How the user asks to stop.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Interruption Interruption)
{
    public const string ProgramName = "raid5fs";

    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Results are machine-readable: a JSON object or array, in one line, each.</summary>
    public bool IsJson { get; init; }

    /// <summary>Somebody types: lines can be edited.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Somebody looks at the error stream: a line can be drawn again.</summary>
    public bool ShowsProgress { get; init; }

    public static Terminal OfThisProcess(Interruption interruption) => new(Console.In, Console.Out, Console.Error, interruption)
    {
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
        ShowsProgress = !Console.IsErrorRedirected && !Console.IsOutputRedirected,
    };

    /// <summary>Says a result, as JSON where that is asked for.</summary>
    /// <param name="value">All of it.</param>
    /// <param name="text">The same for a person.</param>
    public void Say<T>(T value, Action<TextWriter> text)
    {
        if (IsJson)
        {
            Out.WriteLine(ToJson(value));
        }
        else
        {
            text(Out);
        }
    }

    /// <summary>Says that what was asked cannot be done.</summary>
    public ExitCode Refuse(Errno error, string complaint)
    {
        Error.WriteLine($"{ProgramName}: {error}: {complaint}");
        return ExitCode.Refused;
    }

    /// <summary>Says what is wrong with what was asked.</summary>
    public ExitCode RefuseUsage(string complaint)
    {
        Error.WriteLine($"{ProgramName}: {complaint}");
        return ExitCode.Usage;
    }

    /// <summary>One line of JSON.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, OneLine);

    /// <summary>The opposite of <see cref="ToJson"/>; null if that is no such value.</summary>
    public static T? FromJson<T>(string text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, OneLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
