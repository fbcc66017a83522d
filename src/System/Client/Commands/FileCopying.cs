using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>Moves the bytes of files, a piece at a time.</summary>
internal static class FileCopying
{
    private const OpenFlags ForNewContent = OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate;

    /// <summary>Writes all that a stream gives into a file, which is made or emptied first.</summary>
    /// <param name="on">Where.</param>
    /// <param name="source">Of this machine.</param>
    /// <param name="path">Of the file.</param>
    /// <param name="moved">Told how many bytes have been written so far.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static async Task<Errno> PutAsync(Workspace on, Stream source, string path, Action<long> moved)
    {
        Result<OpenFile> opened = await on.OnPathsAsync(paths => paths.OpenAsync(path, ForNewContent));
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        OpenFile file = opened.Value;
        try
        {
            // One piece is read while the one before it is written.
            byte[] piece = new byte[Workspace.PieceSize];
            byte[] next = new byte[Workspace.PieceSize];
            int length = await source.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false);
            long offset = 0;
            while (length > 0)
            {
                Task<Errno> writing = WriteAllAsync(on, file, offset, piece.AsMemory(0, length));
                int read = await source.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false);
                Errno error = await writing;
                if (error != Errno.OK)
                {
                    return error;
                }

                offset += length;
                moved(offset);
                (piece, next, length) = (next, piece, read);
            }

            return Errno.OK;
        }
        finally
        {
            await on.OnPathsAsync(async _ =>
            {
                await file.CloseAsync();
                return true;
            });
        }
    }

    /// <summary>Gives the bytes of a file to a stream.</summary>
    /// <param name="on">Where.</param>
    /// <param name="path">Of the file.</param>
    /// <param name="destination">Of this machine.</param>
    /// <param name="moved">Told how many bytes have been read so far.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static async Task<Errno> GetAsync(Workspace on, string path, Stream destination, Action<long> moved)
    {
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetAttributesAsync(path));
        if (!found.IsOk)
        {
            return found.Error;
        }

        byte[] piece = new byte[Workspace.PieceSize];
        byte[] last = new byte[Workspace.PieceSize];
        Task writing = Task.CompletedTask;
        for (long offset = 0; ;)
        {
            Result<int> read = await on.OnFilesAsync(files => files.ReadAsync(found.Value.Inode, offset, piece));
            await writing;
            if (!read.IsOk || read.Value == 0)
            {
                return read.Error;
            }

            writing = destination.WriteAsync(piece.AsMemory(0, read.Value)).AsTask();
            (piece, last) = (last, piece);
            offset += read.Value;
            moved(offset);
        }
    }

    /// <summary>All bytes of a file that is small enough to be held in memory.</summary>
    public static async Task<Result<byte[]>> ReadAllAsync(Workspace on, string path)
    {
        using var content = new MemoryStream();
        Errno error = await GetAsync(on, path, content, static _ => { });
        return error == Errno.OK ? content.ToArray() : error;
    }

    /// <summary>Gives a file these bytes for its content.</summary>
    public static async Task<Errno> ReplaceAsync(Workspace on, string path, byte[] content)
    {
        using var source = new MemoryStream(content);
        return await PutAsync(on, source, path, static _ => { });
    }

    private static async Task<Errno> WriteAllAsync(Workspace on, OpenFile file, long offset, ReadOnlyMemory<byte> content)
    {
        for (int done = 0; done < content.Length;)
        {
            Result<int> written = await on.OnPathsAsync(_ => file.WriteAsync(offset + done, content[done..]));
            if (!written.IsOk)
            {
                return written.Error;
            }

            done += written.Value;
        }

        return Errno.OK;
    }
}
