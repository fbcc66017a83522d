using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Gives an inode to another user, another group, or both. Who is not named stays who it is.</summary>
public sealed record Chown : FileOperation
{
    /// <summary>What is changed; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>The new owner, by number; who is left out stays who it is.</summary>
    public uint? User { get; init; }

    /// <summary>The new group, by number; which is left out stays which it is.</summary>
    public uint? Group { get; init; }

    /// <summary>Of a symbolic link: the link itself, as lchown does.</summary>
    public bool Link { get; init; }

    internal static Chown Draw(Draft draft)
    {
        bool link = draft.Chance(3);
        return new Chown
        {
            Path = link ? draft.Link() : draft.Chance(3) ? draft.Directory() : draft.FileOrOpened(),
            User = draft.Chance(3) ? null : draft.Person(),
            Group = draft.Chance(3) ? null : draft.Person(),
            Link = link,
        };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(
        Link ? reference.SetLinkAttributes(Path, Change) : reference.SetAttributes(Path, Change));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) => new((await (
        Link ? system.ByPath.SetLinkAttributesAsync(Path, Change) : system.SetAttributesAsync(Path, Change))).Error);

    private AttributeChange Change => new() { Owner = new OwnerChange(User, Group) };
}
