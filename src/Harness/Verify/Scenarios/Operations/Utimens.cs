using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Sets the times of access and change of content. What is not named stays as it is.</summary>
public sealed record Utimens : FileOperation
{
    /// <summary>Of what; an open file by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>When it was read last; what is left out stays as it is.</summary>
    public TimeSetting? Access { get; init; }

    /// <summary>When it was written last; what is left out stays as it is.</summary>
    public TimeSetting? Modify { get; init; }

    /// <summary>Of a symbolic link: the link itself.</summary>
    public bool Link { get; init; }

    internal override bool Changes => Access is not null || Modify is not null;

    internal static Utimens Draw(Draft draft)
    {
        bool link = draft.Chance(3);
        return new Utimens
        {
            Path = link ? draft.Link() : draft.Chance(3) ? draft.Directory() : draft.FileOrOpened(),
            Access = draft.Chance(3) ? null : draft.TimeToSet(),
            Modify = draft.Chance(3) ? null : draft.TimeToSet(),
            Link = link,
        };
    }

    internal override Answer ApplyTo(ReferencePaths reference) =>
        !Changes ? new Answer(Errno.OK)
        : new Answer(Link ? reference.SetLinkAttributes(Path, Change) : reference.SetAttributes(Path, Change));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        !Changes ? new Answer(Errno.OK)
        : new Answer((await (
            Link ? system.ByPath.SetLinkAttributesAsync(Path, Change) : system.SetAttributesAsync(Path, Change))).Error);

    private AttributeChange Change => new() { AccessTime = Access, ModifyTime = Modify };
}
