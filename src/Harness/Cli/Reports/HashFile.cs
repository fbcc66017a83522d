using System.Globalization;

namespace Raid5Verify.Cli.Reports;

/// <summary>A seed's trace hash.</summary>
internal readonly record struct SeedHash(ulong Seed, ulong Hash);

/// <summary>Trace hashes as text, a line a seed in the order of the seeds: equal files, equal runs.</summary>
internal static class HashFile
{
    /// <param name="file">Is closed.</param>
    /// <param name="hashes">In any order.</param>
    /// <param name="from">The first seed; after the largest comes 0.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(FileStream file, IEnumerable<SeedHash> hashes, ulong from)
    {
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        foreach (var (seed, hash) in hashes.OrderBy(seed => unchecked(seed.Seed - from)))
        {
            writer.WriteLine($"{seed} {hash:x16}");
        }
    }

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">It is no such file.</exception>
    public static IReadOnlyList<SeedHash> Read(string path) =>
    [
        .. File.ReadLines(path).Select(line => line.Split(' ')).Select(parts => new SeedHash(
            ulong.Parse(parts[0], CultureInfo.InvariantCulture),
            ulong.Parse(parts[^1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))),
    ];
}
