using System.IO.Hashing;
using System.Text;
using Raid5Verify.Mutants;

namespace Raid5Verify.Cli.Scoring;

/// <summary>A few mutants of many, chosen by a text: the same text always chooses the same.</summary>
internal static class MutantSample
{
    /// <param name="mutants">All.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="text">Such as the hash of a commit.</param>
    /// <returns>In the order of <paramref name="mutants"/>.</returns>
    public static IReadOnlyList<Mutant> Of(IReadOnlyList<Mutant> mutants, int count, string text)
    {
        var chosen = mutants.OrderBy(mutant => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{text}/{mutant.Name}"))).Take(count).ToHashSet();
        return [.. mutants.Where(chosen.Contains)];
    }
}
