using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Where in an open file data or a hole begins.</summary>
public sealed record Seek : FileOperation
{
    /// <summary>The name of the open file.</summary>
    [Subject]
    public required string Name { get; init; }

    /// <summary>What is looked for.</summary>
    public required SeekTarget For { get; init; }

    /// <summary>Where the search begins.</summary>
    public ByteSize At { get; init; }

    internal override bool Changes => false;

    internal override bool NeedsOpenFile => true;

    internal static Seek Draw(Draft draft)
    {
        string name = draft.Opened();
        return new Seek { Name = name, For = draft.Pick(Enum.GetValues<SeekTarget>()), At = draft.Offset(name) };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => Of(reference.Seek(Name, At.Bytes, For));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) => Of(await system.SeekAsync(Name, At.Bytes, For));

    /// <summary>The answer that an offset is.</summary>
    internal static Answer Of(Result<long> found) => found.IsOk ? new Answer(Errno.OK, $"byte {found.Value}") : new Answer(found.Error);
}
