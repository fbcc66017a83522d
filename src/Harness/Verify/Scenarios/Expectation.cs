using System.Globalization;

namespace Raid5Verify.Scenarios;

/// <summary>What a counter must have come to: <c>heals at least 1</c>, <c>hit crash exactly 2</c>.</summary>
/// <param name="Counter">One of <see cref="Scenarios.Counter.All"/>.</param>
/// <param name="Comparison">How the counter is compared.</param>
/// <param name="Bound">≥ 0.</param>
public sealed record Expectation(string Counter, Comparison Comparison, long Bound)
{
    private static readonly (string Words, Comparison Comparison)[] Comparisons =
    [
        (" at least ", Comparison.AtLeast),
        (" at most ", Comparison.AtMost),
        (" exactly ", Comparison.Exactly),
    ];

    public bool HoldsFor(long value) => Comparison switch
    {
        Comparison.AtLeast => value >= Bound,
        Comparison.AtMost => value <= Bound,
        _ => value == Bound,
    };

    public override string ToString() =>
        $"{Counter}{Comparisons.First(known => known.Comparison == Comparison).Words}{Bound}";

    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    /// <param name="problem">One line that says what is wrong, or null.</param>
    internal static Expectation? Parse(string text, out string? problem)
    {
        (string words, Comparison comparison) = Comparisons.FirstOrDefault(
            known => text.Contains(known.Words, StringComparison.Ordinal), (string.Empty, default));
        string[] parts = words.Length == 0 ? [] : text.Split(words, 2);
        if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, null, out long bound))
        {
            problem = $"'{text}' is no expectation: write 'COUNTER at least N', 'at most N' or 'exactly N'";
            return null;
        }

        if (!Scenarios.Counter.Names.Contains(parts[0]))
        {
            problem = $"there is no counter '{parts[0]}'{Suggestion.For(parts[0], Scenarios.Counter.Names)}";
            return null;
        }

        problem = null;
        return new Expectation(parts[0], comparison, bound);
    }
}

public enum Comparison
{
    AtLeast,
    AtMost,
    Exactly,
}
