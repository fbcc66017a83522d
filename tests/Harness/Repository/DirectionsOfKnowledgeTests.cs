using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Raid5Verify.Tests.Repository;

/// <summary>
/// Who may know whom. Between projects:
/// <code>Server, Client → Core ← Verify ← Cli → Mutants        Verify → Simulation        Simulation knows Core not at all</code>
/// and inside Core:
/// <code>Fuse → FileSystem → BlockDevice ← Raid → Protocol ← BlockServer</code>
/// </summary>
public sealed partial class DirectionsOfKnowledgeTests
{
    /// <summary>A project under src or specs, and the projects that it may refer to.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Raid5Fs"] = [],
        ["Raid5Fs.Server"] = ["Raid5Fs"],
        ["Raid5Fs.Client"] = ["Raid5Fs"],
        ["Raid5Verify.Simulation"] = [],
        ["Raid5Verify"] = ["Raid5Fs", "Raid5Verify.Simulation"],
        ["Raid5Verify.Mutants"] = [],
        ["Raid5Verify.Cli"] = ["Raid5Verify", "Raid5Verify.Mutants"],
        ["Raid5Verify.Specs"] = ["Raid5Verify"],
    };

    /// <summary>A folder of Core, and the folders whose names may stand in its source.</summary>
    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["Primitives"] = [],
        ["Execution"] = ["Primitives"],
        ["Protocol"] = ["Primitives"],
        ["BlockServer"] = ["Execution", "Primitives", "Protocol"],
        ["BlockDevice"] = ["Primitives"],
        ["Raid"] = ["BlockDevice", "Execution", "Primitives", "Protocol"],
        ["FileSystem"] = ["BlockDevice", "Execution", "Primitives"],
        ["Fuse"] = ["Execution", "FileSystem", "Primitives"],
    };

    [Fact]
    public void Projects_refer_only_to_the_projects_they_may_know()
    {
        foreach (var path in SourceTree.Files(suffix: ".csproj").Where(path => !path.StartsWith("tests/")))
        {
            var project = Path.GetFileNameWithoutExtension(path);
            Assert.True(Projects.TryGetValue(project, out var allowed), $"{path}: say in this test whom it may know");
            var references = XDocument.Parse(SourceTree.Read(path)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            Assert.Empty(references.Except(allowed).Select(reference => $"{project} may not know {reference}"));
        }
    }

    [Fact]
    public void The_simulation_never_names_the_system_that_it_runs() =>
        Assert.Empty(CodeLines("src/Harness/Simulation").Where(line => line.Text.Contains("Raid5Fs")));

    [Fact]
    public void Core_has_no_folder_without_a_direction() =>
        Assert.Empty(SourceTree.Files("src/System/Core", ".cs").Select(FolderOfCore).Distinct().Except(Folders.Keys));

    [Fact]
    public void Folders_of_core_name_only_the_folders_they_may_know()
    {
        var offences =
            from line in CodeLines("src/System/Core")
            let folder = FolderOfCore(line.Path)
            from Match name in NameInCore().Matches(line.Text)
            let known = name.Groups["folder"].Value
            where known != folder && Folders.ContainsKey(known) && !Folders[folder].Contains(known)
            select $"{line}: {folder} may not know {known}";

        Assert.Empty(offences);
    }

    [Fact]
    public void A_namespace_in_core_is_its_folder()
    {
        var offences =
            from line in CodeLines("src/System/Core")
            where line.Text.StartsWith("namespace ")
            where line.Text != $"namespace Raid5Fs.{FolderOfCore(line.Path)};"
            select line;

        Assert.Empty(offences);
    }

    private static string FolderOfCore(string path) => path["src/System/Core/".Length..].Split('/')[0];

    private static IEnumerable<SourceLine> CodeLines(string folder) =>
        from path in SourceTree.Files(folder, ".cs")
        from line in SourceTree.Lines(path).Select((text, index) => new SourceLine(path, index + 1, text))
        where !line.Text.TrimStart().StartsWith("//")
        select line;

    [GeneratedRegex(@"\bRaid5Fs\.(?<folder>\w+)")]
    private static partial Regex NameInCore();

    private sealed record SourceLine(string Path, int Number, string Text)
    {
        public override string ToString() => $"{Path}:{Number}: {Text.Trim()}";
    }
}
