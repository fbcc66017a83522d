using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a new, empty file: open(O_CREAT | O_EXCL).</summary>
public sealed record Create : FileOperation
{
    /// <summary>Where.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Its permissions.</summary>
    public Permissions Mode { get; init; } = Permissions.OfFile;

    /// <summary>Whose it is, by number.</summary>
    public uint User { get; init; }

    /// <summary>Which group's it is, by number.</summary>
    public uint Group { get; init; }

    private Ownership Owner => new(Mode, User, Group);

    internal static Create Draw(Draft draft)
    {
        Ownership owner = draft.Owner(Permissions.OfFile);
        return new Create { Path = draft.Free(), Mode = owner.Permissions, User = owner.User, Group = owner.Group };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Create(Path, Owner));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.ByPath.CreateAsync(Path, Owner)).Error);
}
