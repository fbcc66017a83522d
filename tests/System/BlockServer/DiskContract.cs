using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// What a block server may count on whatever its disk: the same stories, told to the simulated disk and to the disk of
/// production. What a crash leaves of unflushed bytes only a simulated disk can show; tests/Simulation/Disks does.
/// </summary>
public abstract class DiskContract
{
    private const int MiB = 1 << 20;

    // Opening, and what a file begins with.

    [Fact]
    public Task A_file_that_must_exist_and_does_not_is_ENOENT() => Tell(async process =>
    {
        Assert.Equal(Errno.ENOENT, (await process.Disk.OpenAsync("data", DiskOpenMode.Open)).Error);
        Assert.Empty((await process.Disk.ListAsync()).Value);
    });

    [Fact]
    public Task A_file_that_must_be_new_and_is_not_is_EEXIST() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(10));
        Assert.Equal(Errno.EEXIST, (await process.Disk.OpenAsync("data", DiskOpenMode.CreateNew)).Error);
        await Expect(file, 0, Bytes(10));

        await process.RestartAsync(flushing: file);
        Assert.Equal(Errno.EEXIST, (await process.Disk.OpenAsync("data", DiskOpenMode.CreateNew)).Error);
    });

    [Fact]
    public Task Open_or_create_does_the_one_or_the_other() => Tell(async process =>
    {
        IDiskFile created = await Open(process, DiskOpenMode.OpenOrCreate);
        Assert.Equal(0, await Length(created));
        await Write(created, 0, Bytes(10));

        IDiskFile opened = await Open(process, DiskOpenMode.OpenOrCreate);
        await Expect(opened, 0, Bytes(10));
    });

    [Fact]
    public Task A_new_file_is_empty() => Tell(async process => Assert.Equal(0, await Length(await New(process))));

    [Fact]
    public Task All_who_open_a_name_have_the_same_file() => Tell(async process =>
    {
        IDiskFile first = await New(process);
        IDiskFile second = await Open(process, DiskOpenMode.Open);
        await Write(first, 5, Bytes(10));
        await Expect(second, 5, Bytes(10));
        Assert.Equal(15, await Length(second));
        await Truncate(second, 3);
        Assert.Equal(3, await Length(first));
    });

    [Fact]
    public Task Of_many_at_once_who_create_a_file_one_does() => Tell(async process =>
    {
        Result<IDiskFile>[] opened = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => process.Disk.OpenAsync("data", DiskOpenMode.CreateNew)));
        Assert.Single(opened, result => result.IsOk);
        Assert.Equal(15, opened.Count(result => result.Error == Errno.EEXIST));
    });

    // Reading and writing.

    [Fact]
    public Task What_was_written_is_read() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(1000));
        await Expect(file, 0, Bytes(1000));
        await Expect(file, 300, Bytes(1000)[300..400]);
    });

    [Fact]
    public Task A_write_changes_the_bytes_it_covers_and_no_others() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(2000));
        await Write(file, 511, Bytes(600, seed: 2));
        await Expect(file, 0, Bytes(2000)[..511], Bytes(600, seed: 2), Bytes(2000)[1111..]);
        Assert.Equal(2000, await Length(file));
    });

    [Fact]
    public Task Bytes_past_the_end_read_as_zero() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Expect(file, 0, new byte[100]);
        await Write(file, 0, Bytes(10));
        await Expect(file, 4, Bytes(10)[4..], new byte[94]);
        await Expect(file, 10, new byte[100]);
        await Expect(file, 1_000_000, new byte[100]);
        Assert.Equal(10, await Length(file));
    });

    [Fact]
    public Task A_write_behind_the_end_grows_the_file_and_leaves_a_hole_of_zeros() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(10));
        await Write(file, 10_000, Bytes(10));
        Assert.Equal(10_010, await Length(file));
        await Expect(file, 10, new byte[9990]);
        await Expect(file, 10_000, Bytes(10));
    });

    [Fact]
    public Task Offsets_go_beyond_32_bits() => Tell(async process =>
    {
        const long far = (5L << 30) + 1;
        IDiskFile file = await New(process);
        await Write(file, far, Bytes(1000));
        Assert.Equal(far + 1000, await Length(file));
        await Expect(file, far, Bytes(1000));
        await Expect(file, 3L << 30, new byte[1000]);
    });

    [Fact]
    public Task An_empty_read_or_write_changes_nothing() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 100, []);
        Assert.Equal(0, await Length(file));
        Assert.Empty(await Read(file, 100, 0));
    });

    [Fact]
    public Task Many_mebibytes_go_in_one_call() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 4097, Bytes(9 * MiB));
        byte[] read = await Read(file, 4097, 9 * MiB);
        Assert.True(read.AsSpan().SequenceEqual(Bytes(9 * MiB)));
        await Expect(file, 0, new byte[4097]);
        Assert.Equal(4097 + (9 * MiB), await Length(file));
    });

    // The length.

    [Fact]
    public Task Cut_short_and_grown_again_a_file_reads_as_zeros_there() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(5000));
        await Truncate(file, 700);
        Assert.Equal(700, await Length(file));
        await Expect(file, 0, Bytes(5000)[..700], new byte[300]);
        await Truncate(file, 5000);
        Assert.Equal(5000, await Length(file));
        await Expect(file, 0, Bytes(5000)[..700], new byte[4300]);
    });

    [Fact]
    public Task Cut_short_and_grown_by_a_write_a_file_reads_as_zeros_between() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(5000));
        await Truncate(file, 700);
        await Write(file, 4000, Bytes(10));
        await Expect(file, 0, Bytes(5000)[..700], new byte[3300], Bytes(10));
    });

    [Fact]
    public Task A_file_grows_by_its_length_alone() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Truncate(file, 3 * MiB);
        Assert.Equal(3 * MiB, await Length(file));
        await Expect(file, (3 * MiB) - 2500, new byte[5000]);
        await Truncate(file, 0);
        Assert.Equal(0, await Length(file));
    });

    // Calls that overlap.

    [Fact]
    public Task Overlapping_writes_to_different_bytes_all_take_effect() => Tell(async process =>
    {
        const int parts = 200;
        const int size = 700;
        IDiskFile file = await New(process);
        await All(Enumerable.Range(0, parts).Select(part => file.WriteAsync(part * size, Bytes(size, seed: part))));
        Assert.Equal(parts * size, await Length(file));
        byte[][] read = await Task.WhenAll(Enumerable.Range(0, parts).Select(part => Read(file, part * size, size)));
        Assert.All(read, (bytes, part) => Assert.Equal(Bytes(size, seed: part), bytes));
    });

    [Fact]
    public Task Overlapping_writes_reads_and_flushes_of_many_files_do_not_disturb_each_other() => Tell(async process =>
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            IDiskFile file = await Open(process, DiskOpenMode.CreateNew, $"file {number}");
            for (int round = 0; round < 10; round++)
            {
                byte[] bytes = Bytes(3000, seed: number);
                Task<Errno> write = file.WriteAsync(round * 3000, bytes);
                Task<Errno> flush = file.FlushAsync();
                await All([write, flush, process.Disk.FlushFolderAsync()]);
                await Expect(file, round * 3000, bytes);
            }
        }));
        Assert.Equal(12, (await process.Disk.ListAsync()).Value.Count);
    });

    [Fact]
    public Task Overlapping_flushes_all_end() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(1000));
        await All(Enumerable.Range(0, 50).Select(_ => file.FlushAsync()));
        await All(Enumerable.Range(0, 50).Select(_ => process.Disk.FlushFolderAsync()));
    });

    // Names.

    [Fact]
    public Task The_names_are_listed_in_ordinal_order() => Tell(async process =>
    {
        foreach (string name in (string[])["b", "data.new", "B", "data", "10", "9", "ä", "_", "z", "data-1"])
        {
            await Open(process, DiskOpenMode.CreateNew, name);
        }

        Assert.Equal(
            ["10", "9", "B", "_", "b", "data", "data-1", "data.new", "z", "ä"], (await process.Disk.ListAsync()).Value);
    });

    [Fact]
    public Task A_renamed_file_keeps_its_bytes() => Tell(async process =>
    {
        await Write(await New(process, "old"), 0, Bytes(10));
        Assert.Equal(Errno.OK, await process.Disk.RenameAsync("old", "new"));
        Assert.Equal(["new"], (await process.Disk.ListAsync()).Value);
        Assert.Equal(Errno.ENOENT, (await process.Disk.OpenAsync("old", DiskOpenMode.Open)).Error);
        await Expect(await Open(process, DiskOpenMode.Open, "new"), 0, Bytes(10));
    });

    [Fact]
    public Task A_rename_replaces_what_has_the_name_already() => Tell(async process =>
    {
        await Write(await New(process, "superblock"), 0, Bytes(100));
        await Write(await New(process, "superblock.new"), 0, Bytes(10, seed: 2));
        Assert.Equal(Errno.OK, await process.Disk.RenameAsync("superblock.new", "superblock"));
        Assert.Equal(["superblock"], (await process.Disk.ListAsync()).Value);
        IDiskFile replaced = await Open(process, DiskOpenMode.Open, "superblock");
        Assert.Equal(10, await Length(replaced));
        await Expect(replaced, 0, Bytes(10, seed: 2));
    });

    [Fact]
    public Task A_rename_of_no_file_is_ENOENT_and_replaces_nothing() => Tell(async process =>
    {
        await Write(await New(process), 0, Bytes(10));
        Assert.Equal(Errno.ENOENT, await process.Disk.RenameAsync("missing", "data"));
        await Expect(await Open(process, DiskOpenMode.Open), 0, Bytes(10));
    });

    [Fact]
    public Task A_rename_to_its_own_name_changes_nothing() => Tell(async process =>
    {
        IDiskFile file = await New(process);
        await Write(file, 0, Bytes(10));
        Assert.Equal(Errno.OK, await process.Disk.RenameAsync("data", "data"));
        await Write(file, 10, Bytes(10));
        await Expect(await Open(process, DiskOpenMode.Open), 0, Bytes(10), Bytes(10));
    });

    [Fact]
    public Task An_open_file_stays_itself_when_names_move() => Tell(async process =>
    {
        IDiskFile moved = await New(process, "a");
        IDiskFile replaced = await New(process, "b");
        await Write(replaced, 0, Bytes(10, seed: 2));
        Assert.Equal(Errno.OK, await process.Disk.RenameAsync("a", "b"));

        await Write(moved, 0, Bytes(10));
        await Expect(await Open(process, DiskOpenMode.Open, "b"), 0, Bytes(10));
        await Expect(replaced, 0, Bytes(10, seed: 2));
        await Write(await New(process, "a"), 0, Bytes(10, seed: 3));
        await Expect(moved, 0, Bytes(10));
    });

    [Fact]
    public Task A_deleted_file_is_gone_and_its_name_free() => Tell(async process =>
    {
        await Write(await New(process), 0, Bytes(10));
        Assert.Equal(Errno.OK, await process.Disk.DeleteAsync("data"));
        Assert.Empty((await process.Disk.ListAsync()).Value);
        Assert.Equal(Errno.ENOENT, (await process.Disk.OpenAsync("data", DiskOpenMode.Open)).Error);
        Assert.Equal(Errno.ENOENT, await process.Disk.DeleteAsync("data"));
        Assert.Equal(0, await Length(await New(process)));
    });

    [Fact]
    public Task An_open_file_stays_usable_when_it_is_deleted() => Tell(async process =>
    {
        IDiskFile deleted = await New(process);
        await Write(deleted, 0, Bytes(10));
        Assert.Equal(Errno.OK, await process.Disk.DeleteAsync("data"));
        IDiskFile other = await New(process);
        await Write(deleted, 10, Bytes(10));
        await Expect(deleted, 0, Bytes(10), Bytes(10));
        Assert.Equal(Errno.OK, await deleted.FlushAsync());
        Assert.Equal(0, await Length(other));
    });

    // What lasts, and who holds the folder.

    [Fact]
    public Task What_was_flushed_is_there_for_the_next_process() => Tell(async process =>
    {
        IDiskFile file = await New(process, "old");
        await Write(file, 100, Bytes(5000));
        await Truncate(file, 5000);
        await New(process, "gone");
        Assert.Equal(Errno.OK, await process.Disk.DeleteAsync("gone"));
        Assert.Equal(Errno.OK, await process.Disk.RenameAsync("old", "new"));

        await process.RestartAsync(flushing: file);

        Assert.Equal(["new"], (await process.Disk.ListAsync()).Value);
        file = await Open(process, DiskOpenMode.Open, "new");
        Assert.Equal(5000, await Length(file));
        await Expect(file, 0, new byte[100], Bytes(5000)[..4900]);
    });

    [Fact]
    public Task A_folder_is_taken_once_and_for_as_long_as_the_process_lives() => Tell(async process =>
    {
        Assert.Equal(Errno.OK, await process.Disk.LockAsync());
        Assert.Equal(Errno.OK, await process.Disk.LockAsync());
        await process.RestartAsync();
        Assert.Equal(Errno.OK, await process.Disk.LockAsync());
    });

    [Fact]
    public Task The_lock_is_no_file_of_the_folder() => Tell(async process =>
    {
        Assert.Equal(Errno.OK, await process.Disk.LockAsync());
        Assert.Empty((await process.Disk.ListAsync()).Value);
    });

    /// <summary>Tells a story to a process with an empty disk.</summary>
    protected abstract Task Tell(Func<ProcessWithDisk, Task> story);

    private static Task<IDiskFile> New(ProcessWithDisk process, string name = "data") =>
        Open(process, DiskOpenMode.CreateNew, name);

    private static async Task<IDiskFile> Open(ProcessWithDisk process, DiskOpenMode mode, string name = "data")
    {
        Result<IDiskFile> file = await process.Disk.OpenAsync(name, mode);
        Assert.Equal(Errno.OK, file.Error);
        return file.Value;
    }

    private static async Task<byte[]> Read(IDiskFile file, long offset, int length)
    {
        // Not zeros, so that what a read leaves alone shows.
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(0xEE);
        Assert.Equal(Errno.OK, await file.ReadAsync(offset, bytes));
        return bytes;
    }

    /// <summary>Expects these bytes one behind the other.</summary>
    private static async Task Expect(IDiskFile file, long offset, params byte[][] parts)
    {
        byte[] expected = [.. parts.SelectMany(part => part)];
        Assert.Equal(expected, await Read(file, offset, expected.Length));
    }

    private static async Task Write(IDiskFile file, long offset, byte[] bytes) =>
        Assert.Equal(Errno.OK, await file.WriteAsync(offset, bytes));

    private static async Task Truncate(IDiskFile file, long length) =>
        Assert.Equal(Errno.OK, await file.TruncateAsync(length));

    private static async Task<long> Length(IDiskFile file) => (await file.LengthAsync()).Value;

    private static async Task All(IEnumerable<Task<Errno>> calls) =>
        Assert.All(await Task.WhenAll(calls), error => Assert.Equal(Errno.OK, error));

    private static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

public sealed class DiskContractInSimulation : DiskContract
{
    protected override Task Tell(Func<ProcessWithDisk, Task> story) => SimulatedProcess.Tell(story);
}

public sealed class DiskContractInProduction : DiskContract
{
    protected override Task Tell(Func<ProcessWithDisk, Task> story) => RealProcess.Tell(story);
}
