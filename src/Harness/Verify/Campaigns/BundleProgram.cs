using System.Runtime.InteropServices;

namespace Raid5Verify.Campaigns;

/// <summary>Which program has made a bundle: its runs are the same under one version and commit only.</summary>
/// <param name="Version">Of the harness, and of the system that it was built with.</param>
/// <param name="Commit">Of the sources that it was built from, if that is known.</param>
/// <param name="Build">See <see cref="ProgramVersion.Build"/>.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="Rid">Operating system and processor, as .NET names them.</param>
internal sealed record BundleProgram(string Version, string? Commit, string Build, string Runtime, string Rid)
{
    /// <summary>This program.</summary>
    public static BundleProgram Current { get; } = Find();

    /// <summary>Whether runs are the same under both: they do not depend on runtime and machine.</summary>
    public bool RunsLike(BundleProgram other) => Version == other.Version && Commit == other.Commit;

    /// <summary>Whether both were compiled from the same code, in the same way.</summary>
    public bool IsBuiltLike(BundleProgram other) => RunsLike(other) && Build == other.Build;

    /// <summary>In two lines.</summary>
    public string Describe() => $"version:      {this}\nruntime:      {Runtime}, {Rid}";

    /// <summary>Without the runtime.</summary>
    public override string ToString() => Commit is null ? $"{Version}, commit unknown" : $"{Version}, commit {Commit}";

    private static BundleProgram Find()
    {
        string[] parts = ProgramVersion.Version.Split('+', 2);
        return new BundleProgram(
            parts[0],
            parts.Length > 1 ? parts[1] : null,
            ProgramVersion.Build,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.RuntimeIdentifier);
    }
}
