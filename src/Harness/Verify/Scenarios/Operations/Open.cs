using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>
/// Opens a file or a directory: what is read, written, asked or changed by its name, which begins with <c>$</c>, is done to that one,
/// whatever has become of the path. Whoever had it open is gone with a crash or a remount.
/// </summary>
public sealed record Open : FileOperation
{
    /// <summary>What is opened.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>What it is called from now on, such as <c>$log</c>. If it can be opened, what was called that is closed.</summary>
    public required string As { get; init; }

    /// <summary>What for, with <c>+</c> between them.</summary>
    public OpenFlags Flags { get; init; } = OpenFlags.Read;

    /// <summary>The permissions of what is made.</summary>
    public Permissions Mode { get; init; } = Permissions.OfFile;

    internal static Open Draw(Draft draft)
    {
        OpenFlags flags = OpenFlags.None;
        foreach (OpenFlags flag in Enum.GetValues<OpenFlags>())
        {
            bool isUsual = flag is OpenFlags.Read or OpenFlags.Write;
            flags |= draft.Chance(isUsual ? 4 : 5) != isUsual ? flag : OpenFlags.None;
        }

        bool saysWhatFor = flags.HasFlag(OpenFlags.Read) || flags.HasFlag(OpenFlags.Write);
        flags |= saysWhatFor ? OpenFlags.None : OpenFlags.Read;
        return new Open
        {
            Path = flags.HasFlag(OpenFlags.Create) && draft.Chance(2) ? draft.Free()
                : draft.Chance(flags.HasFlag(OpenFlags.Write) ? 16 : 3) ? draft.Directory()
                : draft.File(),
            As = draft.NameToOpen(),
            Flags = flags,
            Mode = draft.Chance(4) ? draft.Mode() : Permissions.OfFile,
        };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.Open(As, Path, Flags, new Ownership(Mode)));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new(await system.OpenAsync(As, Path, Flags, new Ownership(Mode)));
}
