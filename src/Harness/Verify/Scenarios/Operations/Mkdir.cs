using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a new, empty directory.</summary>
public sealed record Mkdir : FileOperation
{
    /// <summary>Where.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Its permissions.</summary>
    public Permissions Mode { get; init; } = Permissions.OfDirectory;

    /// <summary>Whose it is, by number.</summary>
    public uint User { get; init; }

    /// <summary>Which group's it is, by number.</summary>
    public uint Group { get; init; }

    private Ownership Owner => new(Mode, User, Group);

    internal static Mkdir Draw(Draft draft)
    {
        Ownership owner = draft.Owner(Permissions.OfDirectory);
        return new Mkdir { Path = draft.Free(), Mode = owner.Permissions, User = owner.User, Group = owner.Group };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.MakeDirectory(Path, Owner));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.ByPath.MakeDirectoryAsync(Path, Owner)).Error);
}
