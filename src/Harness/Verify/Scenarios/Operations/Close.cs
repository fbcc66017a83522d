using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Closes an open file.</summary>
public sealed record Close : FileOperation
{
    /// <summary>What it was called when it was opened.</summary>
    [Subject]
    public required string Name { get; init; }

    internal override bool NeedsOpenFile => true;

    internal static Close Draw(Draft draft) => new() { Name = draft.Opened() };

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Close(Name));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) => new(await system.CloseAsync(Name));
}
