namespace Raid5Fs.Client.Local;

/// <summary>The program <c>raid5fs-server</c>, wherever it is.</summary>
internal static class ServerProgram
{
    public const string Name = "raid5fs-server";

    /// <summary>Says where it is, before all else.</summary>
    public const string Variable = "RAID5FS_SERVER_PROGRAM";

    /// <summary>Looks beside this program, then, in a clone of the repository, where a build puts it.</summary>
    /// <returns>Null if it is nowhere.</returns>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        string here = Path.Combine(AppContext.BaseDirectory, Name);
        if (File.Exists(here))
        {
            return here;
        }

        // …/src/System/Client/bin/Debug/net10.0/ is built as …/src/System/Server/bin/Debug/net10.0/ is.
        string target = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string[] configurations = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? ["Release", "Debug"]
            : ["Debug", "Release"];
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (string configuration in configurations)
            {
                string built = Path.Combine(folder.FullName, "src", "System", "Server", "bin", configuration, target, Name);
                if (File.Exists(built))
                {
                    return built;
                }
            }
        }

        return null;
    }
}
