using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a symbolic link: a name that stands for a path, whether anything is there or not.</summary>
public sealed record Symlink : FileOperation
{
    /// <summary>The name of the link.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The path that it stands for; from the link's own directory on, unless it begins with a slash.</summary>
    public required string Target { get; init; }

    internal static Symlink Draw(Draft draft) => new() { Path = draft.Free(), Target = draft.Target() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Symlink(Target, Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.ByPath.MakeSymbolicLinkAsync(Target, Path)).Error);
}
