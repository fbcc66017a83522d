namespace Raid5Verify.Simulation.Tests.Disks;

/// <summary>Stories about one disk.</summary>
internal static class DiskStory
{
    public static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    public static async Task<byte[]> Read(FileHandle file, int length)
    {
        var bytes = new byte[length];
        Assert.Equal(DiskStatus.Ok, await file.ReadAsync(0, bytes));
        return bytes;
    }

    public static void OnDisk(Func<DiskHandle, Task> story)
    {
        var world = new World(new WorldOptions());
        world.Run(() => story(world.Harness.Life!.Disk));
    }

    public static void OnFile(Func<Func<SimFile>, FileHandle, Task> story) => OnDisk(async disk =>
    {
        var (_, file) = await disk.OpenAsync("data", OpenMode.New);
        await story(() => disk.Disk.Files["data"], file!);
    });

    /// <summary>Writes, crashes, and looks at what is left, in 200 worlds.</summary>
    public static void ForEachSeed(Func<FileHandle, Task> write, Action<byte[]> look)
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed });
            var host = world.AddHost("host");
            world.Run(async () =>
            {
                host.Start(static _ => Task.CompletedTask);
                var (_, file) = await host.Life!.Disk.OpenAsync("data", OpenMode.New);
                await host.Life.Disk.FlushFolderAsync();
                await write(file!);
                host.Crash();
            });
            var left = host.Disk.Files["data"];
            var bytes = new byte[left.Length];
            left.Peek(0, bytes);
            look(bytes);
        }
    }

    /// <summary>
    /// In 200 worlds: a story over a file that was created durably, a crash, and another over the same file after it.
    /// </summary>
    public static void AcrossACrash(Func<SimFile, FileHandle, Task> before, Func<SimFile, FileHandle, Task> after)
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed });
            var host = world.AddHost("host");
            world.Run(async () =>
            {
                host.Start(static _ => Task.CompletedTask);
                var (_, file) = await host.Life!.Disk.OpenAsync("data", OpenMode.New);
                await host.Life.Disk.FlushFolderAsync();
                await before(host.Disk.Files["data"], file!);
                host.Crash();
                host.Restart();
                (_, file) = await host.Life.Disk.OpenAsync("data", OpenMode.Existing);
                await after(host.Disk.Files["data"], file!);
            });
        }
    }

    public static byte[] TruthOf(SimFile file, int length)
    {
        var bytes = new byte[length];
        file.Peek(0, bytes);
        return bytes;
    }

    /// <summary>Sectors that are each of one byte throughout, as a digit a sector.</summary>
    public static string Digits(byte[] bytes) =>
        string.Concat(bytes.Chunk(SimFile.SectorSize).Select(static sector => sector.Distinct().Single()));
}
