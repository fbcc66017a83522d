using System.Text;
using Microsoft.Win32.SafeHandles;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>
/// The <see cref="IDisk"/> of production: one folder of a local Linux file system. It assumes a disk that may fail,
/// fill up or lose power at any moment, and a kernel that may report a failed write-back once only.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> Called from one executor, calls may overlap. A small read of what the kernel has in memory is answered
/// at once; each other call blocks a thread of the pool for as long as the disk takes, and its awaiter resumes where it awaited. A process with many calls at once raises
/// <see cref="ThreadPool.SetMinThreads"/>: the pool starts with a thread a core and grows slowly.</para>
/// <para><b>Handles.</b> A name that is open has one descriptor, and each <see cref="OpenAsync"/> of it gives the same
/// file: so all who opened it share its flushes, and learn of a flush that failed. Descriptors stay open until
/// <see cref="DisposeAsync"/>. A file that is deleted, or replaced by a rename, while it is open stays usable without a
/// name; its descriptor is closed when the last reference to the file is gone. This holds while the folder
/// is changed through this disk only, which is what the lock is for.</para>
/// <para><b>Lock.</b> <c>flock(2)</c> on the folder itself: no lock file that could be listed, left behind or deleted.
/// The kernel lets go of it when the process ends in any way. <c>flock(1)</c> sees it; file systems that cannot lock a
/// folder (NFS) answer <see cref="Errno.EIO"/>.</para>
/// <para><b>Errors.</b> Beyond those of <see cref="IDisk"/>, what only a person can mend keeps its name:
/// <see cref="Errno.EPERM"/> and <see cref="Errno.EROFS"/>. Quota and the largest file size are
/// <see cref="Errno.ENOSPC"/>; all else is <see cref="Errno.EIO"/>.</para>
/// </remarks>
public sealed class FileDisk : IDisk, IAsyncDisposable
{
    private const int LongestName = 255;

    private readonly string _path;
    private readonly SafeFileHandle _folder;
    private readonly SharedFlush _folderFlush;
    private readonly DiskCalls _calls = new();
    private readonly Lock _names = new();
    private readonly Dictionary<string, DiskFile> _open = new(StringComparer.Ordinal);

    private FileDisk(string path, SafeFileHandle folder)
    {
        _path = path;
        _folder = folder;
        _folderFlush = new SharedFlush(() => LinuxCalls.Flush(folder));
    }

    /// <summary>Opens a folder that exists. Blocks; changes nothing and takes no lock.</summary>
    /// <returns>
    /// <see cref="Errno.ENOENT"/>: there is none. <see cref="Errno.ENOTDIR"/>: it is something else.
    /// <see cref="Errno.EPERM"/>: this user may not read it.
    /// </returns>
    /// <exception cref="PlatformNotSupportedException">
    /// Elsewhere than on 64-bit Linux: .NET can neither lock nor flush a folder, and a disk that only pretends to flush
    /// loses data.
    /// </exception>
    public static Result<FileDisk> OpenFolder(string path)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException("a folder can be locked and flushed on 64-bit Linux only");
        }

        string absolute = Path.GetFullPath(path);
        Result<SafeFileHandle> folder = LinuxCalls.OpenFolder(absolute);
        return folder.IsOk ? new FileDisk(absolute, folder.Value) : folder.Error;
    }

    /// <inheritdoc/>
    public Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode)
    {
        RequirePlain(name);
        return _calls.RunAsync<IDiskFile>(() =>
        {
            lock (_names)
            {
                if (_open.TryGetValue(name, out DiskFile? open))
                {
                    return mode == DiskOpenMode.CreateNew ? Errno.EEXIST : open;
                }

                Result<SafeFileHandle> handle = LinuxCalls.OpenFile(_folder, name, mode);
                if (!handle.IsOk)
                {
                    return handle.Error;
                }

                var opened = new DiskFile(handle.Value, _calls);
                _open.Add(name, opened);
                return opened;
            }
        });
    }

    /// <inheritdoc/>
    public Task<Errno> DeleteAsync(string name)
    {
        RequirePlain(name);
        return _calls.RunAsync(() =>
        {
            lock (_names)
            {
                Errno error = LinuxCalls.Delete(_folder, name);
                if (error == Errno.OK)
                {
                    _open.Remove(name);
                }

                return error;
            }
        });
    }

    /// <inheritdoc/>
    public Task<Errno> RenameAsync(string from, string to)
    {
        RequirePlain(from);
        RequirePlain(to);
        return _calls.RunAsync(() =>
        {
            lock (_names)
            {
                Errno error = LinuxCalls.Rename(_folder, from, to);
                if (error == Errno.OK && !string.Equals(from, to, StringComparison.Ordinal))
                {
                    _open.Remove(to);
                    if (_open.Remove(from, out DiskFile? renamed))
                    {
                        _open.Add(to, renamed);
                    }
                }

                return error;
            }
        });
    }

    /// <inheritdoc/>
    /// <remarks>Folders, links and hidden files are listed too: whoever formats the folder wants to know of them.</remarks>
    public Task<Result<IReadOnlyList<string>>> ListAsync() => _calls.RunAsync<IReadOnlyList<string>>(() =>
    {
        string[] names = [.. Directory.EnumerateFileSystemEntries(_path).Select(entry => Path.GetFileName(entry))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    });

    /// <inheritdoc/>
    /// <remarks>Once it has failed it fails for as long as this disk is open: see <see cref="SharedFlush"/>.</remarks>
    public Task<Errno> FlushFolderAsync() => _calls.TrackAsync(_folderFlush.FlushAsync);

    /// <inheritdoc/>
    /// <remarks>Another is another process, or another <see cref="FileDisk"/> of this one. Taking it twice is once.</remarks>
    public Task<Errno> LockAsync() => _calls.RunAsync(() => LinuxCalls.TryLock(_folder));

    /// <summary>
    /// Waits for the calls under way, then closes the files and lets go of the lock: nothing is written after another may
    /// have taken the folder. Flushes nothing. Later calls throw <see cref="ObjectDisposedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _calls.EndAsync().ConfigureAwait(false);
        lock (_names)
        {
            foreach (DiskFile file in _open.Values)
            {
                file.Close();
            }

            _open.Clear();
            if (!_folder.IsClosed)
            {
                // A child process that is just being started may hold a copy of the descriptor, and with it the lock.
                LinuxCalls.Unlock(_folder);
                _folder.Dispose();
            }
        }
    }

    private static void RequirePlain(string name) => Invariant.Require(
        name is not ("" or "." or "..")
        && !name.AsSpan().ContainsAny('/', '\0')
        && Encoding.UTF8.GetByteCount(name) <= LongestName,
        "a file of a disk has a plain name");
}
