using BenchmarkDotNet.Attributes;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server;

namespace Raid5Fs.Benchmarks;

/// <summary>
/// The start of a member of 1 GiB in blocks of 4 KiB, over real files in a temporary folder: every row written, and a log
/// that is about to give way to a checkpoint. No block is read.
/// </summary>
public class StartUpBenchmarks
{
    private const int BlockSize = 4 << 10;
    private const int Rows = 1 << 18;

    private readonly MemberGeometry _geometry =
        new(new ArrayId(1, 2), new MemberIndex(0), members: 3, BlockSize, chunkBlocks: 16, Rows);

    private string _path = "";
    private FileDisk? _disk;

    [GlobalSetup]
    public async Task MakeMember()
    {
        _path = Directory.CreateTempSubdirectory("raid5fs-").FullName;
        _disk = FileDisk.OpenFolder(_path).Value;
        Succeed(await MemberStore.FormatAsync(_disk, _geometry));
        await WriteCheckpointAsync();
        await WriteLogAsync();
    }

    [GlobalCleanup]
    public async Task Delete()
    {
        await _disk!.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }

    [Benchmark(Description = "MemberStore.OpenAsync")]
    public async Task<MemberStore> Open() => (await MemberStore.OpenAsync(_disk!, bootId: 1)).Store
        ?? throw new InvalidOperationException("the member that was made cannot be served");

    private async Task WriteCheckpointAsync()
    {
        var image = new MemberImage(Rows);
        for (int row = 0; row < Rows; row++)
        {
            image.Table.Set(new Row(row), (uint)row, new Checksum((ulong)row), Epoch.Of(1, 1));
        }

        Succeed(await Checkpoint.WriteAsync(_disk!, _geometry, CheckpointHead.Of(image, LogStart.First), image.Table, static () => default));
        Succeed(await _disk!.RenameAsync(Checkpoint.UnfinishedName, Checkpoint.FileName));
        Succeed(await _disk.FlushFolderAsync());
    }

    /// <summary>Epochs that write each row anew, as many as there is room for, each in the slots that the one before left.</summary>
    private async Task WriteLogAsync()
    {
        MemberLog log = (await MemberLog.CreateFirstAsync(_disk!, LogStart.First)).Value;
        int rowsInEpoch = (int)CallLimits.RowsInEpoch(Rows);
        var slots = new uint[Rows];
        for (uint row = 0; row < Rows; row++)
        {
            slots[row] = row;
        }

        uint free = Rows;
        long limit = 2 * Checkpoint.Size(Rows);
        for (ulong number = 2; log.Length < limit - (rowsInEpoch * 18); number++)
        {
            var epoch = new SealedEpoch(new Stamp(Epoch.Of(1, number), 0), MemberSet.All(3));
            var blocks = new (Row, EpochBlock)[rowsInEpoch];
            uint first = slots[(int)(number * (ulong)rowsInEpoch % Rows)];
            for (int i = 0; i < rowsInEpoch; i++)
            {
                int row = (int)(((number * (ulong)rowsInEpoch) + (ulong)i) % Rows);
                blocks[i] = (new Row(row), new EpochBlock(free + (uint)i, new Checksum((ulong)i), Sequence: 0));
                slots[row] = free + (uint)i;
            }

            // The epoch's rows lay side by side, so what they leave is room for the next.
            free = first;
            Succeed(await log.AppendAsync(new LogRecord.Seal(epoch, blocks), new LogRecord.Commit(epoch.Epoch)));
        }
    }

    private static void Succeed(Errno error)
    {
        if (error != Errno.OK)
        {
            throw new InvalidOperationException($"the member could not be made: {error}");
        }
    }
}
