namespace Raid5Fs.EndToEnd.Tests.Processes;

/// <summary>An empty folder, deleted with all in it when it is no longer needed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("raid5fs-").FullName;

    /// <summary>The path of a name in the folder.</summary>
    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>An empty folder in it.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Of(name)).FullName;

    /// <summary>A file in it.</summary>
    public string File(string name, string text)
    {
        System.IO.File.WriteAllText(Of(name), text);
        return Of(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
