using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Asks whether somebody may do something with what a path leads to, and may go there.</summary>
public sealed record Access : FileOperation
{
    /// <summary>Of what it is asked.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>0 is the superuser.</summary>
    public uint User { get; init; }

    /// <summary>The one group that he is in.</summary>
    public uint Group { get; init; }

    /// <summary>What he would do with it; <c>none</c> asks whether it is there.</summary>
    public AccessModes For { get; init; } = AccessModes.Read;

    internal override bool Changes => false;

    internal static Access Draw(Draft draft) => new()
    {
        Path = draft.Chance(3) ? draft.Directory() : draft.File(),
        User = draft.Person(),
        Group = draft.Person(),
        For = (AccessModes)draft.Dice.Next(8),
    };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Access(Path, User, Group, For));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.ByPath.AccessAsync(Path, new Credentials(User, Group), For));
}
