namespace Raid5Verify.Cli.Scoring;

/// <summary>A copy of a build, in which the System can be exchanged for another one.</summary>
internal sealed class ProgramFolder
{
    private const string System = "Raid5Fs.dll";
    private const string Symbols = "Raid5Fs.pdb";

    private readonly string _folder;

    private ProgramFolder(string folder) => _folder = folder;

    /// <param name="build">A folder that programs were built into.</param>
    /// <param name="folder">For the copy: a new one.</param>
    /// <exception cref="IOException">It cannot be copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be copied.</exception>
    public static ProgramFolder Copy(string build, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(build, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(folder, Path.GetRelativePath(build, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        // They would be those of other code.
        File.Delete(Path.Combine(folder, Symbols));
        return new ProgramFolder(folder);
    }

    /// <summary>The path of one of its files.</summary>
    public string PathOf(string assembly) => Path.Combine(_folder, assembly);

    /// <summary>From now on its System is that one. Nothing of it may be running.</summary>
    public void Plant(byte[] system) => File.WriteAllBytes(PathOf(System), system);
}
