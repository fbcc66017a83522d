using Raid5Fs.Server;

namespace Raid5Fs.Tests.Server;

/// <summary>An empty folder of the real file system, deleted with all in it when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("raid5fs-").FullName;

    public FileDisk OpenDisk() => FileDisk.OpenFolder(Path).Value;

    /// <summary>The path of a name in the folder.</summary>
    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
