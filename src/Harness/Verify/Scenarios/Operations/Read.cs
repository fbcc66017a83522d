using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Reads up to the end of the file. Every byte is compared.</summary>
public sealed record Read : FileOperation
{
    /// <summary>Bytes that are asked for at once where nobody says how many.</summary>
    internal const int Most = 1 << 20;

    /// <summary>What is in every byte of a reader's memory before he reads.</summary>
    private const byte UsedMemory = 0xA5;

    /// <summary>Which file; an open one by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>Offset of the first byte.</summary>
    public ByteSize At { get; init; }

    /// <summary>Bytes asked for; by default all that there are and one more, so that a byte too many shows, and 1 MiB at most.</summary>
    [Between(0, 1 << 24)]
    public ByteSize? Length { get; init; }

    internal override bool Changes => false;

    internal static Read Draw(Draft draft)
    {
        string path = draft.FileOrOpened();
        return draft.Chance(2)
            ? new Read { Path = path }
            : new Read { Path = path, At = draft.Offset(path), Length = draft.Length() };
    }

    internal override FileOperation Against(ReferencePaths reference)
    {
        Result<InodeAttributes> file = reference.Find(Path);
        long rest = file.IsOk && file.Value.Type == FileType.Regular ? Math.Max(0, file.Value.Size - At.Bytes) : 0;
        return Length is null ? this with { Length = new ByteSize(Math.Min(rest + 1, Most)) } : this;
    }

    internal override Answer ApplyTo(ReferencePaths reference) =>
        Answer.Of(reference.Read(Path, At.Bytes, (int)(Length?.Bytes ?? int.MaxValue)));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system)
    {
        byte[] bytes = new byte[Length?.Bytes ?? 0];

        // As a caller's memory is: zeros must be read, not be there already.
        Array.Fill(bytes, UsedMemory);
        Result<int> count = await system.ReadAsync(Path, At.Bytes, bytes);
        return Answer.Of(count.IsOk ? bytes[..count.Value] : count.Error);
    }
}
