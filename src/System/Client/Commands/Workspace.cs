using System.Globalization;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Reports;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>What commands work on: a mounted volume, and where in it the user is. One command at a time.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    /// <summary>Bytes that are copied at a time.</summary>
    public const int PieceSize = 1 << 20;

    private PathOperations _paths;

    private Workspace(OwnedArray array, MountedVolume volume, Terminal terminal)
    {
        Array = array;
        Volume = volume;
        Terminal = terminal;
        _paths = new PathOperations(volume.Files);
    }

    public OwnedArray Array { get; }

    public MountedVolume Volume { get; private set; }

    public Terminal Terminal { get; }

    public TextWriter Out => Terminal.Out;

    /// <summary>The working directory: an absolute path.</summary>
    public string Directory { get; set; } = "/";

    /// <summary>Whether the user asked to leave the shell.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Mounts the array's file system.</summary>
    /// <returns>Null: it is said why.</returns>
    public static async Task<Workspace?> OpenAsync(OwnedArray array, Terminal terminal)
    {
        Result<MountedVolume> volume = await MountedVolume.MountAsync(array.Session);
        if (!volume.IsOk)
        {
            terminal.Refuse(volume.Error, volume.Error switch
            {
                Errno.EINVAL => "there is no file system on the array: raid5fs mkfs makes one",
                _ => $"the file system cannot be mounted: {ErrnoText.Of(volume.Error)}",
            });
            return null;
        }

        return new Workspace(array, volume.Value, terminal);
    }

    /// <summary>An absolute path without <c>.</c>, <c>..</c> and empty names.</summary>
    public string Absolute(string path)
    {
        var names = new List<string>();
        foreach (string name in (path.StartsWith('/') ? path : $"{Directory}/{path}").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == "..")
            {
                names.RemoveRange(Math.Max(0, names.Count - 1), Math.Min(1, names.Count));
            }
            else if (name != ".")
            {
                names.Add(name);
            }
        }

        return "/" + string.Join('/', names);
    }

    /// <summary>A path as the file system walks it, from its root: <c>..</c> is left to it, as a symbolic link may stand before it.</summary>
    public string Rooted(string path) => path.StartsWith('/') ? path : $"{Directory.TrimEnd('/')}/{path}";

    /// <summary>Where something called <paramref name="name"/> goes if it is put at a path: into it, if that is a directory.</summary>
    public async Task<string> TargetAsync(string path, string name)
    {
        string rooted = Rooted(path);
        Result<InodeAttributes> found = await OnPathsAsync(paths => paths.GetAttributesAsync(rooted));
        return found.IsOk && found.Value.Type == FileType.Directory ? $"{rooted.TrimEnd('/')}/{name}" : rooted;
    }

    /// <summary>The last name of a path.</summary>
    public static string LastName(string path)
    {
        string trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    public Task<T> OnPathsAsync<T>(Func<PathOperations, Task<T>> operation) => Volume.RunAsync(() => operation(_paths));

    public Task<T> OnFilesAsync<T>(Func<UnixFileSystem, Task<T>> operation) => Volume.RunAsync(() => operation(Volume.Files));

    /// <summary>Says how an operation on something went, if it did not go well.</summary>
    public ExitCode End(Errno error, string what) =>
        error == Errno.OK ? ExitCode.Done : Terminal.Refuse(error, $"{what}: {ErrnoText.Of(error)}");

    /// <summary>Commits all changes.</summary>
    public Task<Errno> SyncAsync() => OnFilesAsync(files => files.SyncAsync(files.Root));

    /// <summary>Reads a number that a command needs.</summary>
    public bool TryNumber(string text, string what, long most, out long number)
    {
        bool isRight = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
        if (!isRight)
        {
            Terminal.RefuseUsage(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no {what}: 0 to {most} are wanted"));
        }

        return isRight;
    }

    /// <summary>Unmounts, has something done to the bare array, and mounts again.</summary>
    /// <returns>What became of it; if the file system cannot be mounted afterwards, that is said and there is none.</returns>
    public async Task<Errno> WithoutMountAsync(Func<Task<Errno>> work)
    {
        Errno error = await Volume.UnmountAsync();
        error = error == Errno.OK ? await work() : error;
        Result<MountedVolume> volume = await MountedVolume.MountAsync(Array.Session);
        if (volume.IsOk)
        {
            Volume = volume.Value;
            _paths = new PathOperations(volume.Value.Files);
            return error;
        }

        IsLeft = true;
        return error == Errno.OK ? volume.Error : error;
    }

    /// <summary>Commits and unmounts, and says if that did not go well.</summary>
    public async Task<ExitCode> CloseAsync() =>
        End(await Volume.UnmountAsync(), "the last changes were not kept");

    public ValueTask DisposeAsync() => Volume.DisposeAsync();
}
