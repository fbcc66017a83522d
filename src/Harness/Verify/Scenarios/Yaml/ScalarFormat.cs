using System.Globalization;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Faults;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>How values of one type are written as one word or line, and read again.</summary>
internal sealed class ScalarFormat
{
    private delegate object? Parser(string text, out string? problem);

    private static readonly Dictionary<Type, ScalarFormat> Known = new()
    {
        [typeof(string)] = new("text", text => text) { JsonTypes = ["string", "number", "boolean"] },
        [typeof(int)] = new(
            "a whole number",
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, null, out int value) ? value : null)
        {
            JsonTypes = ["integer"],
        },
        [typeof(uint)] = new(
            "a whole number, not negative",
            text => uint.TryParse(text, NumberStyles.None, null, out uint value) ? value : null)
        {
            JsonTypes = ["integer"],
            IsNeverNegative = true,
        },
        [typeof(bool)] = new(
            "true or false",
            text => text switch { "true" => true, "false" => false, _ => null },
            value => (bool)value ? "true" : "false")
        {
            JsonTypes = ["boolean"],
        },
        [typeof(Permissions)] = new(
            "permissions in octal such as 0644",
            text => Permissions.TryParse(text, out Permissions permissions) ? permissions : null)
        {
            JsonTypes = ["integer", "string"],
            Pattern = () => "^0?[0-7]{1,4}$",
            IsNeverNegative = true,
        },
        [typeof(TimeSetting)] = new(
            "'now', or seconds since 1970 such as 1234567890.5",
            text => TimeSetting.TryParse(text, out TimeSetting setting) ? setting : null)
        {
            JsonTypes = ["number", "string"],
            Pattern = () => @"^(now|[+-]?[0-9]+(\.[0-9]{0,9})?)$",
        },
        [typeof(ulong)] = new("a whole number, decimal or 0x hexadecimal", text => ParseSeed(text))
        {
            JsonTypes = ["integer", "string"],
            Pattern = () => "^(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$",
            IsNeverNegative = true,
        },
        [typeof(ByteSize)] = new(
            "a size such as 512B, 4KiB or 2MiB", ParseSize)
        {
            JsonTypes = ["integer", "string"],
            Pattern = () => $"^{SizePattern}$",
            IsNeverNegative = true,
        },
        [typeof(TimeSpan)] = new(
            "a time such as 250us, 3ms or 1.5s",
            ParseTime,
            value => Duration.Format((TimeSpan)value))
        {
            JsonTypes = ["integer", "string"],
            Pattern = () => @"^(0|([0-9]+\.?[0-9]*|\.[0-9]+) *(us|ms|s|m))$",
            IsNeverNegative = true,
            Most = 0,
        },
        [typeof(BlockTarget)] = new("a block such as 'server 2 row 17' or '/diary at 8KiB'", BlockTarget.Parse)
        {
            Pattern = () => $"^(server [0-9]+ row [0-9]+|/.* at {SizePattern})$",
        },
        [typeof(HostTarget)] = new("'client' or a server such as 'server 2'", text => HostTarget.Parse(text))
        {
            Pattern = () => $"^{HostPattern}$",
        },
        [typeof(Expectation)] = new("an expectation", Expectation.Parse)
        {
            Pattern = () => $"^({CounterPattern}|breaks ({Either(Promise.All.Select(promise => promise.Name))})|hash is [0-9a-fA-F]{{16}})$",
        },
        [typeof(Expectation.OfCounter)] = new("an expectation of a counter", Expectation.ParseCounter)
        {
            Pattern = () => $"^{CounterPattern}$",
        },
        [typeof(HostPoint)] = new(
            "a moment such as \"before server 2's 3rd flush\" or \"after client's 1st send of prepare\"", HostPoint.Parse)
        {
            Pattern = () => $"^({Words<CrashMoment>()}) {HostPattern}'s [0-9]+(st|nd|rd|th) "
                + $"(({Either(HostPoint.DiskActs)})( of ({Either(HostPoint.Files)}))?|({Either(HostPoint.MessageActs)})( of ({Either(HostPoint.Calls)}))?)$",
        },
        [typeof(Condition)] = new($"a condition such as {Condition.Forms}", Condition.Parse)
        {
            Pattern = () => $"^((server [0-9]+|some server|every server) is ({Words<ServerState>()})|client is ({Words<ClientState>()})"
                + $"|scrub runs|{CounterPattern})$",
        },
    };

    private const string SizePattern = "[0-9]+ *(B|KiB|MiB|GiB)?";
    private const string HostPattern = "(client|server [0-9]+)";

    private readonly Parser _parse;
    private readonly Func<object, string> _format;

    private ScalarFormat(string what, Parser parse, Func<object, string>? format = null)
    {
        What = what;
        _parse = parse;
        _format = format ?? (value => string.Create(CultureInfo.InvariantCulture, $"{value}"));
    }

    private ScalarFormat(string what, Func<string, object?> parse, Func<object, string>? format = null)
        : this(what, Plain(parse), format)
    {
    }

    /// <summary>What a value must look like, for messages.</summary>
    public string What { get; }

    /// <summary>What JSON may call it: YAML takes some texts for numbers.</summary>
    public IReadOnlyList<string> JsonTypes { get; private init; } = ["string"];

    /// <summary>The words that there are; null where they cannot be listed.</summary>
    public IReadOnlyList<string>? JsonWords { get; private init; }

    /// <summary>What a text must look like, as a regular expression that JSON Schema knows; null for anything.</summary>
    public Func<string>? Pattern { get; private init; }

    /// <summary>Whether a bare number, which is counted in the smallest unit, must be at least 0.</summary>
    public bool IsNeverNegative { get; private init; }

    /// <summary>The largest bare number; null for any.</summary>
    public long? Most { get; private init; }

    private static string CounterPattern =>
        $"(({Either(Counter.OfRuns.Where(counter => !counter.IsWhole).Select(counter => counter.Name))}) (at least|at most|exactly) [0-9]*\\.?[0-9]+"
        + $"|({Either(Counter.OfRuns.Where(counter => counter.IsWhole).Select(counter => counter.Name))}"
        + $"|({Either(Counter.FaultWords.Select(one => one.Word))}) ({Either(StepCatalogue.Faults.Select(kind => kind.Tag))})"
        + $"|({Either(Counter.ServerWords.Select(one => one.Word))}) of server [0-9]+) (at least|at most|exactly) [0-9]+)";

    /// <returns>Null if the type is not a scalar.</returns>
    public static ScalarFormat? For(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return Known.TryGetValue(type, out ScalarFormat? format) ? format
            : !type.IsEnum ? null
            : type.IsDefined(typeof(FlagsAttribute), inherit: false) ? OfFlags(type)
            : OfEnum(type);
    }

    /// <summary>An unsigned number, decimal or 0x hexadecimal: how a seed is written everywhere.</summary>
    public static ulong? ParseSeed(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(
            isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, null, out ulong seed)
            ? seed
            : null;
    }

    /// <param name="text">What stands in the file.</param>
    /// <param name="problem">A whole sentence, where "must be <see cref="What"/>" does not say it; else null.</param>
    /// <returns>Null if it is no such value.</returns>
    public object? Parse(string text, out string? problem) => _parse(text, out problem);

    public string Format(object value) => _format(value);

    private static ScalarFormat OfEnum(Type type)
    {
        // Errno's names are the kernel's; all other enums are written like steps and fields.
        Func<object, string> format = type == typeof(Errno)
            ? value => value.ToString()!
            : value => KebabCase.Of(value.ToString()!);
        var byName = Enum.GetValues(type).Cast<object>().ToDictionary(format, StringComparer.Ordinal);
        return new ScalarFormat($"one of {string.Join(", ", byName.Keys)}", Parse, format) { JsonWords = [.. byName.Keys] };

        object? Parse(string text, out string? problem)
        {
            bool known = byName.TryGetValue(text, out object? value);
            problem = known ? null : $"there is no '{text}' here{Suggestion.For(text, byName.Keys)}; "
                + $"known are {string.Join(", ", byName.Keys)}";
            return value;
        }
    }

    /// <summary>Words with a plus between them; none of them is <c>none</c>.</summary>
    private static ScalarFormat OfFlags(Type type)
    {
        ScalarFormat one = OfEnum(type);
        string words = Either(one.JsonWords!);
        return new ScalarFormat($"{one.What}, with '+' between them", Parse, Format)
        {
            Pattern = () => $"^ *({words}) *(\\+ *({words}) *)*$",
        };

        object? Parse(string text, out string? problem)
        {
            problem = null;
            long flags = 0;
            foreach (string word in text.Split('+'))
            {
                if (one.Parse(word.Trim(), out problem) is not { } flag)
                {
                    return null;
                }

                flags |= Convert.ToInt64(flag, CultureInfo.InvariantCulture);
            }

            return Enum.ToObject(type, flags);
        }

        string Format(object value) => string.Join('+', value.ToString()!.Split(", ").Select(KebabCase.Of));
    }

    private static string Either(IEnumerable<string> words) => string.Join('|', words);

    private static string Words<T>()
        where T : struct, Enum => Either(For(typeof(T))!.JsonWords!);

    private static object? ParseSize(string text, out string? problem)
    {
        bool fits = ByteSize.TryParse(text, out ByteSize size);
        problem = !fits && ByteSize.Guess(text) is { } guess ? $"'{text}' is no size (did you mean '{guess}'?)" : null;
        return fits ? size : null;
    }

    private static object? ParseTime(string text, out string? problem)
    {
        bool fits = Duration.TryParse(text, out TimeSpan span);
        problem = fits ? null
            : Duration.TryParse($"{text}s", out _) ? $"a time needs its unit: '{text}s', or '{text}ms'"
            : Duration.Guess(text) is { } guess ? $"'{text}' is no time (did you mean '{guess}'?)"
            : null;
        return fits ? span : null;
    }

    private static Parser Plain(Func<string, object?> parse)
    {
        return Parse;

        object? Parse(string text, out string? problem)
        {
            problem = null;
            return parse(text);
        }
    }
}
