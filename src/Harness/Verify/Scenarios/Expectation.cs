using System.Globalization;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios;

/// <summary>
/// What must come of a run: of a counter, <c>heals at least 1</c>; of a promise, <c>breaks promise 4</c>; or the whole of it,
/// <c>hash is 3e73f4d12ad9982a</c>.
/// </summary>
public abstract record Expectation
{
    private const string BreaksWord = "breaks ";
    private const string HashWord = "hash is ";

    private static readonly (string Words, Comparison Comparison)[] Comparisons =
    [
        (" at least ", Comparison.AtLeast),
        (" at most ", Comparison.AtMost),
        (" exactly ", Comparison.Exactly),
    ];

    private Expectation()
    {
    }

    /// <summary>What a counter must have come to: <c>heals at least 1</c>, <c>hit crash exactly 2</c>.</summary>
    /// <param name="Counter">One of <see cref="Scenarios.Counter.All"/>.</param>
    /// <param name="Comparison">How the counter is compared.</param>
    /// <param name="Bound">≥ 0.</param>
    public sealed record OfCounter(string Counter, Comparison Comparison, decimal Bound) : Expectation
    {
        public bool HoldsFor(decimal value) => Comparison switch
        {
            Comparison.AtLeast => value >= Bound,
            Comparison.AtMost => value <= Bound,
            _ => value == Bound,
        };

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Counter}{Comparisons.First(known => known.Comparison == Comparison).Words}{Bound}");

        internal override string? FindMisfit(ClusterShape cluster) =>
            Scenarios.Counter.Named(Counter).Server is { } server && server >= cluster.Servers
                ? cluster.Lacks(server)
                : null;
    }

    /// <summary>The run must break this promise, and no other: for tests of the instrument itself.</summary>
    public sealed record OfPromise(Promise Broken) : Expectation
    {
        public override string ToString() => $"{BreaksWord}{Broken.Name}";
    }

    /// <summary>The trace's hash must be this: the run is the very same, event by event.</summary>
    /// <remarks>It holds for one version of the program only.</remarks>
    public sealed record OfHash(ulong Hash) : Expectation
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{HashWord}{Hash:x16}");
    }

    /// <summary>What is impossible about it in a cluster of that shape, in one line.</summary>
    internal virtual string? FindMisfit(ClusterShape cluster) => null;

    /// <param name="text">As <see cref="object.ToString"/> writes it.</param>
    /// <param name="problem">One line that says what is wrong, or null.</param>
    internal static Expectation? Parse(string text, out string? problem)
    {
        if (text.StartsWith(BreaksWord, StringComparison.Ordinal))
        {
            string name = text[BreaksWord.Length..];
            var broken = Promise.All.FirstOrDefault(promise => promise.Name == name);
            problem = broken is null
                ? $"no run can break '{name}'; known are {string.Join(", ", Promise.All.Select(promise => promise.Name))}"
                : null;
            return broken is null ? null : new OfPromise(broken);
        }

        if (text.StartsWith(HashWord, StringComparison.Ordinal))
        {
            string digits = text[HashWord.Length..];
            bool isHash = ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out ulong hash) && digits.Length == 16;
            problem = isHash ? null : $"'{digits}' is no hash: it has 16 digits, hexadecimal, such as 3e73f4d12ad9982a";
            return isHash ? new OfHash(hash) : null;
        }

        return ParseCounter(text, out problem);
    }

    /// <inheritdoc cref="Parse"/>
    internal static OfCounter? ParseCounter(string text, out string? problem)
    {
        (string words, Comparison comparison) = Comparisons.FirstOrDefault(
            known => text.Contains(known.Words, StringComparison.Ordinal), (string.Empty, default));
        string[] parts = words.Length == 0 ? [] : text.Split(words, 2);
        if (parts.Length != 2
            || !decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal bound))
        {
            problem = $"'{text}' is no expectation: write 'COUNTER at least N', 'at most N' or 'exactly N'";
            return null;
        }

        if (!Scenarios.Counter.Names.Contains(parts[0]))
        {
            problem = $"there is no counter '{parts[0]}'{Suggestion.For(parts[0], Scenarios.Counter.Names)}";
            return null;
        }

        if (Scenarios.Counter.Named(parts[0]).IsWhole && !decimal.IsInteger(bound))
        {
            problem = $"'{parts[0]}' is a whole number, and never {parts[1]}";
            return null;
        }

        problem = null;
        return new OfCounter(parts[0], comparison, bound);
    }
}

public enum Comparison
{
    AtLeast,
    AtMost,
    Exactly,
}
