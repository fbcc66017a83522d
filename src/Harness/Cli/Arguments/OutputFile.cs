namespace Raid5Verify.Cli.Arguments;

/// <summary>A file named on the command line, opened before anything is run: a bad name should not cost an hour.</summary>
internal static class OutputFile
{
    /// <param name="path">Null for no file. An existing one is replaced; missing folders are made.</param>
    /// <param name="file">Null if there is none, by wish or by problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryCreate(string? path, out FileStream? file, out string? problem)
    {
        file = null;
        problem = null;
        if (path is null)
        {
            return true;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // Not buffered: whoever writes is told at once that the disk is full, and closing it tells nothing more.
            file = File.Create(path, bufferSize: 1);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be written: {refused.Message}";
            return false;
        }
    }
}
