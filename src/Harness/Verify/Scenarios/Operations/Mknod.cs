using Raid5Fs.FileSystem;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Makes a node that is no directory: a fifo, a socket, a device, or a file.</summary>
public sealed record Mknod : FileOperation
{
    /// <summary>Where.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>What it is: <c>none</c> and <c>directory</c> are refused.</summary>
    public required FileType Type { get; init; }

    /// <summary>Its permissions.</summary>
    public Permissions Mode { get; init; } = Permissions.OfFile;

    /// <summary>Of a device.</summary>
    public uint Major { get; init; }

    /// <summary>Of a device.</summary>
    public uint Minor { get; init; }

    internal static Mknod Draw(Draft draft)
    {
        FileType type = draft.Pick(draft.Chance(8) ? Others : Special);
        bool isDevice = type is FileType.CharacterDevice or FileType.BlockDevice;
        return new Mknod
        {
            Path = draft.Free(),
            Type = type,
            Mode = draft.Mode(),
            Major = isDevice ? (uint)draft.Dice.Next(4096) : 0,
            Minor = isDevice ? (uint)draft.Dice.Next(1 << 20) : 0,
        };
    }

    internal override Answer ApplyTo(ReferencePaths reference) => new(reference.MakeNode(Path, Type, Device, new Ownership(Mode)));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        new((await system.ByPath.MakeNodeAsync(Path, Type, Device, new Ownership(Mode))).Error);

    internal DeviceNumber Device => new(Major, Minor);

    private static FileType[] Special { get; } =
        [FileType.Fifo, FileType.Socket, FileType.CharacterDevice, FileType.BlockDevice];

    /// <summary>The first is made as a file is; the others are refused.</summary>
    private static FileType[] Others { get; } = [FileType.Regular, FileType.Directory, FileType.SymbolicLink];
}
