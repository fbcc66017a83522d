using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Whether two paths are names of one inode. A symbolic link is itself, not what it stands for.</summary>
public sealed record Samefile : FileOperation
{
    /// <summary>The one.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The other.</summary>
    [AbsolutePath]
    public required string Other { get; init; }

    internal override bool Changes => false;

    internal static Samefile Draw(Draft draft) => new() { Path = draft.File(), Other = draft.Chance(3) ? draft.Link() : draft.File() };

    internal override Answer ApplyTo(ReferencePaths reference) => Of(reference.Lstat(Path), reference.Lstat(Other));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Of(await system.ByPath.GetLinkAttributesAsync(Path), await system.ByPath.GetLinkAttributesAsync(Other));

    /// <summary>The answer, where both paths are what they are.</summary>
    internal static Answer Of(Result<InodeAttributes> one, Result<InodeAttributes> other) =>
        !one.IsOk ? new Answer(one.Error)
        : !other.IsOk ? new Answer(other.Error)
        : new Answer(Errno.OK, one.Value.Inode == other.Value.Inode ? "one inode" : "two inodes");
}
