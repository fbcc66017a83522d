using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>Asks where in a file there is data, from its beginning to its end: lseek(2) with SEEK_DATA and SEEK_HOLE in turn.</summary>
public sealed record Extents : FileOperation
{
    /// <summary>Of which file.</summary>
    [Subject]
    [AbsolutePath]
    public required string Path { get; init; }

    internal override bool Changes => false;

    internal override Answer ApplyTo(ReferencePaths reference) => Of(reference.Extents(Path));

    internal override async Task<Answer> ApplyToAsync(ClientPaths system) => Of(await ReadAsync(system, Path));

    internal static Answer Of(Result<IReadOnlyList<Extent>> extents) =>
        extents.IsOk ? new Answer(Errno.OK, string.Join(' ', extents.Value)) : new Answer(extents.Error);

    /// <summary>Those of a file, or the error that one of the calls answered.</summary>
    internal static async Task<Result<IReadOnlyList<Extent>>> ReadAsync(ClientPaths system, string path)
    {
        Result<OpenFile> opened = await system.ByPath.OpenAsync(path, OpenFlags.Read, default);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        List<Extent> extents = [];
        Result<long> data = await opened.Value.SeekAsync(0, SeekTarget.Data);
        while (data.IsOk)
        {
            Result<long> hole = await opened.Value.SeekAsync(data.Value, SeekTarget.Hole);
            if (!hole.IsOk)
            {
                data = hole;
                break;
            }

            extents.Add(new Extent(data.Value, hole.Value));
            data = await opened.Value.SeekAsync(hole.Value, SeekTarget.Data);
        }

        await opened.Value.CloseAsync();
        return data.Error == Errno.ENXIO ? extents : data.Error;
    }
}
