using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>The names and types in a directory.</summary>
public sealed record Readdir : FileOperation
{
    [Subject]
    public required string Path { get; init; }

    private const int UsualAtATime = 1000;

    /// <summary>So many entries are asked for at a time.</summary>
    [Between(1, 10_000)]
    public int AtATime { get; init; } = UsualAtATime;

    /// <summary>In parts a directory is read by several calls, between which it may change.</summary>
    internal bool IsInParts => AtATime < UsualAtATime;

    internal override bool Changes => false;

    internal static Readdir Draw(Draft draft) => new()
    {
        Path = draft.Chance(5) ? draft.Opened() : draft.Directory(),
        AtATime = draft.Chance(2) ? UsualAtATime : draft.Dice.Next(1, 8),
    };

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.ReadDirectory(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.ReadDirectoryAsync(Path, AtATime));
}
