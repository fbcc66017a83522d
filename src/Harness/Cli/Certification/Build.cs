using System.Diagnostics;

namespace Raid5Verify.Cli.Certification;

/// <summary>A folder with a build of this command line.</summary>
/// <param name="Name">Debug or Release, or the folder as it was named.</param>
/// <param name="Folder">The absolute path.</param>
internal sealed record Build(string Name, string Folder)
{
    private const string Assembly = "Raid5Verify.Cli.dll";
    private static readonly string[] Kinds = ["Release", "Debug"];

    /// <summary>What <c>dotnet exec</c> starts.</summary>
    public string Program => Path.Combine(Folder, Assembly);

    /// <summary>The Release and the Debug build beside each other, one of which this process is.</summary>
    /// <param name="builds">Null if there is a problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryFindBoth(out IReadOnlyList<Build>? builds, out string? problem)
    {
        var mine = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar);
        var kind = Array.FindLastIndex(mine, static part => Kinds.Contains(part, StringComparer.Ordinal));
        if (kind < 0)
        {
            builds = null;
            problem = $"this process runs in {AppContext.BaseDirectory}, with no Release and no Debug in its path: name the builds with --builds";
            return false;
        }

        return TryName(
            [.. Kinds.Select(other => (other, string.Join(Path.DirectorySeparatorChar, mine.Select((part, at) => at == kind ? other : part))))],
            kind => $"dotnet build -c {kind} src/Harness/Cli makes it, or name the builds with --builds",
            out builds,
            out problem);
    }

    /// <param name="folders">As they were named on the command line.</param>
    /// <param name="builds">Null if there is a problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryFind(IReadOnlyList<string> folders, out IReadOnlyList<Build>? builds, out string? problem)
    {
        List<string> kinds = [.. folders.Select(folder => folder.Split(Path.DirectorySeparatorChar).LastOrDefault(Kinds.Contains) ?? folder)];
        var names = kinds.Distinct(StringComparer.Ordinal).Count() == folders.Count ? kinds : folders;
        return TryName(
            [.. names.Zip(folders)],
            _ => "name folders such as src/Harness/Cli/bin/Release/net10.0",
            out builds,
            out problem);
    }

    private static bool TryName(
        IReadOnlyList<(string Name, string Folder)> named, Func<string, string> advice, out IReadOnlyList<Build>? builds, out string? problem)
    {
        builds = [.. named.Select(build => new Build(build.Name, Path.GetFullPath(build.Folder)))];
        problem = builds.FirstOrDefault(build => !File.Exists(build.Program)) is { } missing
            ? $"there is no {missing.Program}: {advice(missing.Name)}"
            : ProblemOfVersions(builds);
        return problem is null;
    }

    /// <summary>Builds of different commits may differ, and that would say nothing.</summary>
    private static string? ProblemOfVersions(IReadOnlyList<Build> builds)
    {
        var other = builds.FirstOrDefault(build => build.Version != builds[0].Version);
        return other is null ? null
            : $"{builds[0].Name} is of version {builds[0].Version} and {other.Name} of {other.Version}: build both anew";
    }

    private string? Version => FileVersionInfo.GetVersionInfo(Program).ProductVersion;
}
