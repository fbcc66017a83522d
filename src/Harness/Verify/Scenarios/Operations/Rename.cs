using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Moves what is there, replacing what it may replace, or lets two names change places.</summary>
public sealed record Rename : FileOperation
{
    /// <summary>What is moved.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Its new name.</summary>
    [AbsolutePath]
    public required string To { get; init; }

    /// <summary>What becomes of what <see cref="To"/> is already.</summary>
    public RenameMode Mode { get; init; }

    internal static Rename Draw(Draft draft) => new()
    {
        Path = draft.Chance(3) ? draft.Directory() : draft.File(),
        To = draft.Chance(3) ? draft.File() : draft.Chance(6) ? draft.Directory() : draft.Free(),
        Mode = draft.Chance(4) ? RenameMode.Exchange : draft.Chance(6) ? RenameMode.NoReplace : RenameMode.Replace,
    };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Rename(Path, To, Mode));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.ByPath.RenameAsync(Path, To, Mode));
}
