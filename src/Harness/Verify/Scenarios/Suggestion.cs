namespace Raid5Verify.Scenarios;

/// <summary>Finds what somebody may have meant to write.</summary>
internal static class Suggestion
{
    /// <returns><c> (did you mean 'x'?)</c>, or nothing where no known word is near.</returns>
    public static string For(string word, IEnumerable<string> known)
    {
        string? nearest = known
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(pair => pair.distance <= (pair.candidate.Length < 4 ? 1 : Math.Max(2, pair.candidate.Length / 3)))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
        return nearest is null ? string.Empty : $" (did you mean '{nearest}'?)";
    }

    /// <summary>Letters put in, left out, changed, or swapped with their neighbour (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        int[,] best = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    best[i, j] = i + j;
                    continue;
                }

                int changed = best[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                int swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]
                    ? best[i - 2, j - 2] + 1
                    : changed;
                best[i, j] = Math.Min(Math.Min(changed, swapped), Math.Min(best[i - 1, j], best[i, j - 1]) + 1);
            }
        }

        return best[from.Length, to.Length];
    }
}
