using System.IO.Hashing;
using System.Reflection;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>Which program made something: a seed means the same run for one version only, and a scenario nearly so.</summary>
/// <param name="Version">Of the harness, and of the system that it was built with.</param>
/// <param name="Commit">Of the sources that it was built from, if that is known.</param>
/// <param name="Build">Names the build itself: sources that are not committed, and another configuration, show here only.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="Rid">Operating system and processor, as .NET names them.</param>
public sealed record ProgramVersion(string Version, string? Commit, string Build, string Runtime, string Rid)
{
    /// <summary>This program.</summary>
    public static ProgramVersion Current { get; } = Find();

    /// <summary>Whether runs are the same under both: they do not depend on runtime and machine.</summary>
    public bool RunsLike(ProgramVersion other) => Version == other.Version && Commit == other.Commit;

    /// <summary>In two lines.</summary>
    public string Describe() => $"version:      {this}\nruntime:      {Runtime}, {Rid}";

    /// <summary>Without the runtime.</summary>
    public override string ToString() => Commit is null ? $"{Version}, commit unknown" : $"{Version}, commit {Commit}";

    private static ProgramVersion Find()
    {
        string[] parts = (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "unknown").Split('+', 2);
        return new ProgramVersion(
            parts[0],
            parts.Length > 1 ? parts[1] : null,
            FindBuild(),
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.RuntimeIdentifier);
    }

    /// <summary>The compiler gives each module a name that is a hash of all that it was made from.</summary>
    private static string FindBuild()
    {
        var hash = new XxHash3();
        foreach (Type type in new[] { typeof(ProgramVersion), typeof(World), typeof(UnixFileSystem) })
        {
            hash.Append(type.Module.ModuleVersionId.ToByteArray());
        }

        return $"{hash.GetCurrentHashAsUInt64():x16}";
    }
}
