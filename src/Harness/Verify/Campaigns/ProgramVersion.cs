using System.Reflection;
using System.Runtime.InteropServices;

namespace Raid5Verify.Campaigns;

/// <summary>Which program made something: a seed means the same run for one version only, and a scenario nearly so.</summary>
/// <param name="Version">Of the harness, and of the system that it was built with.</param>
/// <param name="Commit">Of the sources that it was built from, if that is known.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="Rid">Operating system and processor, as .NET names them.</param>
public sealed record ProgramVersion(string Version, string? Commit, string Runtime, string Rid)
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
            parts[0], parts.Length > 1 ? parts[1] : null, RuntimeInformation.FrameworkDescription, RuntimeInformation.RuntimeIdentifier);
    }
}
