using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Writes bytes that follow from <see cref="Fill"/> and their offset, so that no two blocks are alike.</summary>
public sealed record Write : FileOperation
{
    /// <summary>Which file; an open one by its name.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    /// <summary>
    /// Offset of the first byte. Past the end of the file it leaves a hole; of a file opened to append, it says nothing.
    /// </summary>
    public ByteSize At { get; init; }

    /// <summary>How many.</summary>
    [Between(0, 1 << 24)]
    public required ByteSize Length { get; init; }

    /// <summary>Names the content: the same fill at the same offset is the same bytes.</summary>
    public ulong Fill { get; init; } = 1;

    internal static Write Draw(Draft draft)
    {
        string path = draft.FileOrOpened();
        return new Write { Path = path, At = draft.Offset(path), Length = draft.Length(), Fill = draft.Fill() };
    }

    /// <summary>What is appended goes to the end, and its parts end at the edges of blocks there.</summary>
    internal override FileOperation Against(ReferencePaths reference) =>
        reference.Appends(Path) ? this with { At = new ByteSize(reference.Find(Path).Value.Size) } : this;

    internal override Answer ApplyTo(ReferencePaths reference) => Answer.Of(reference.Write(Path, At.Bytes, Content()));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) =>
        Answer.Of(await system.WriteAsync(Path, At.Bytes, Content()));

    internal override IEnumerable<FileOperation> Parts(long block)
    {
        long end = At.Bytes + Length.Bytes;
        for (long edge = ((At.Bytes / block) + 1) * block; edge < end; edge += block)
        {
            yield return Shortened(edge - At.Bytes);
        }
    }

    internal override Write Shortened(long count) => this with { Length = new ByteSize(count) };

    internal byte[] Content()
    {
        byte[] bytes = new byte[Length.Bytes];
        FillPattern.Fill(Fill, At.Bytes, bytes);
        return bytes;
    }
}
