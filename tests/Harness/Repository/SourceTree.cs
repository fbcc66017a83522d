using System.Runtime.CompilerServices;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Repository;

/// <summary>The files of this repository as the tidy tests see them: paths from its root, with forward slashes.</summary>
internal static class SourceTree
{
    private static readonly string[] NotSources = [".git", ".vs", ".idea", "bin", "obj", "artifacts", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file below <paramref name="folder"/>, what a build leaves behind left out, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string folder = "", string suffix = "")
    {
        var found = new List<string>();
        Collect(new DirectoryInfo(Path.Combine(Root, folder)), suffix, found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Every scenario of the repository.</summary>
    public static IReadOnlyList<string> Scenarios =>
        [.. ScenarioFolder.Files(Path.Combine(Root, "scenarios")).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static void Collect(DirectoryInfo folder, string suffix, List<string> found)
    {
        if (!folder.Exists)
        {
            return;
        }

        foreach (var file in folder.EnumerateFiles().Where(file => !file.Name.Contains(".received.")))
        {
            if (file.Name.EndsWith(suffix, StringComparison.Ordinal))
            {
                found.Add(Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'));
            }
        }

        foreach (var below in folder.EnumerateDirectories().Where(below => !NotSources.Contains(below.Name)))
        {
            Collect(below, suffix, found);
        }
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new FileInfo(here).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Raid5Verify.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Raid5Verify.sln above {here}");
    }
}
