using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Local;
using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Experiment;

/// <summary>Measures the load of one block size: a new cluster in a temporary folder, and each file on a new file system.</summary>
internal static class LoadExperiment
{
    private const int ChunkBlocks = 16;
    private const int PieceSize = 1 << 20;

    /// <param name="program">The server's.</param>
    /// <param name="blockSize">Bytes.</param>
    /// <param name="fileSizes">Bytes of each file.</param>
    /// <param name="servers">3 to 32.</param>
    /// <param name="optionsFor">How a client talks to these servers.</param>
    /// <param name="terminal">Told what goes wrong, and how far it is.</param>
    /// <param name="measured">Told each measurement.</param>
    public static async Task<ExitCode> RunAsync(
        string program,
        int blockSize,
        IReadOnlyList<long> fileSizes,
        int servers,
        Func<IReadOnlyList<ServerAddress>, ClientOptions> optionsFor,
        Terminal terminal,
        Action<LoadMeasurement> measured)
    {
        // Twice the largest file, and room for what describes it.
        long blocks = ((2 * fileSizes.Max()) / blockSize) + 4096;
        long rows = ((blocks / (servers - 1) / ChunkBlocks) + 1) * ChunkBlocks;
        MemberGeometry shape;
        try
        {
            shape = new MemberGeometry(ArrayId.Draw(new Random()), new MemberIndex(0), servers, blockSize, ChunkBlocks, rows);
        }
        catch (ArgumentException impossible)
        {
            return terminal.RefuseUsage(impossible.Message);
        }

        string folder = Directory.CreateTempSubdirectory("raid5fs-experiment-").FullName;
        try
        {
            LocalCluster cluster = LocalCluster.Create(folder, shape, startPort: 0);
            try
            {
                string? why = null;
                return (await cluster.StartAsync(program, said => why = said)).Count < servers
                    ? terminal.Refuse(Errno.EIO, why ?? "the servers did not start")
                    : await RunAsync(optionsFor(cluster.Addresses), fileSizes, terminal, measured);
            }
            finally
            {
                await cluster.StopAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ExitCode> RunAsync(
        ClientOptions options, IReadOnlyList<long> fileSizes, Terminal terminal, Action<LoadMeasurement> measured)
    {
        (OwnedArray? array, ExitCode refused) = await OwnedArray.OpenAsync(options, takesOver: false, terminal, terminal.Error);
        if (array is null)
        {
            return refused;
        }

        await using (array)
        {
            foreach (long size in fileSizes)
            {
                Result<LoadMeasurement> load = await MeasureAsync(array.Session, size, terminal);
                if (!load.IsOk)
                {
                    return terminal.Refuse(load.Error, $"a file of {size} bytes: {ErrnoText.Of(load.Error)}");
                }

                measured(load.Value);
            }
        }

        return ExitCode.Done;
    }

    private static async Task<Result<LoadMeasurement>> MeasureAsync(ArraySession session, long size, Terminal terminal)
    {
        Errno error = await session.RunAsync(
            () => Mkfs.FormatAsync(session.Array, new MkfsOptions { NameSeed = 1 }, TimeProvider.System));
        if (error != Errno.OK)
        {
            return error;
        }

        using var progress = new ProgressLine(terminal);
        var device = new CountingDevice(session.Array);
        ArrayStatus before = await session.GetStatusAsync();
        error = await OnVolumeAsync(session, device, files => MoveAsync(files, size, progress, isWrite: true));
        if (error == Errno.OK)
        {
            error = await OnVolumeAsync(session, device, files => MoveAsync(files, size, progress, isWrite: false));
        }

        ArrayStatus after = await session.GetStatusAsync();
        return error != Errno.OK ? error : new LoadMeasurement(
            session.Array.BlockSize,
            size,
            device.Requests,
            [.. after.Members.Zip(before.Members, static (now, then) => new ServerLoad(
                now.Traffic.Requests - then.Traffic.Requests,
                now.Traffic.BlocksRead + now.Traffic.BlocksWritten - then.Traffic.BlocksRead - then.Traffic.BlocksWritten))]);
    }

    private static async Task<Errno> OnVolumeAsync(ArraySession session, CountingDevice device, Func<UnixFileSystem, Task<Errno>> work)
    {
        Result<MountedVolume> mounted = await MountedVolume.MountAsync(session, device);
        if (!mounted.IsOk)
        {
            return mounted.Error;
        }

        Errno error = await mounted.Value.RunAsync(() => work(mounted.Value.Files));
        Errno unmounted = await mounted.Value.UnmountAsync();
        return error == Errno.OK ? unmounted : error;
    }

    /// <summary>Writes the file, or reads it.</summary>
    private static async Task<Errno> MoveAsync(UnixFileSystem files, long size, ProgressLine progress, bool isWrite)
    {
        var name = new FileName("file");
        Result<InodeAttributes> file = isWrite ? await files.CreateAsync(files.Root, name) : await files.LookupAsync(files.Root, name);
        Errno error = file.Error;
        byte[] piece = new byte[PieceSize];
        new Random(1).NextBytes(piece);
        for (long done = 0; done < size && error == Errno.OK;)
        {
            Memory<byte> part = piece.AsMemory(0, (int)Math.Min(piece.Length, size - done));
            Result<int> moved = isWrite
                ? await files.WriteAsync(file.Value.Inode, done, part)
                : await files.ReadAsync(file.Value.Inode, done, part);
            error = moved.IsOk && moved.Value == 0 ? Errno.EIO : moved.Error;
            done += moved.IsOk ? moved.Value : 0;
            progress.Show(new WorkProgress(isWrite ? "write" : "read", done, size));
        }

        return error;
    }
}
