namespace Raid5Verify.Scenarios.Yaml;

/// <summary>Which files below a folder are scenarios.</summary>
public static class ScenarioFolder
{
    /// <summary>A folder of this name holds what scenarios include, and no scenario.</summary>
    private const string Shared = "shared";

    /// <returns>Every <c>.yaml</c> below the folder, outside folders called <c>shared</c>, in ordinal order.</returns>
    /// <param name="folder">One that is there.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<string> Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).SkipLast(1).Contains(Shared))
            .Order(StringComparer.Ordinal),
    ];
}
