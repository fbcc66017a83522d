using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>As <see cref="Stat"/>, but of a symbolic link itself.</summary>
public sealed record Lstat : FileOperation
{
    /// <summary>Of what.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal static Lstat Draw(Draft draft) => new() { Path = draft.Chance(2) ? draft.Link() : draft.File() };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.Lstat(Path), reference.TimesOf);

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.ByPath.GetLinkAttributesAsync(Path));
}
