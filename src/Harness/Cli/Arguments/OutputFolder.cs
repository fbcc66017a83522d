namespace Raid5Verify.Cli.Arguments;

/// <summary>A folder named on the command line, written to before anything is run: a full disk should not cost an hour.</summary>
internal static class OutputFolder
{
    private const int ProbeBytes = 64 << 10;

    /// <param name="path">Null for no folder. Is made if it is not there.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryPrepare(string? path, out string? problem)
    {
        problem = null;
        if (path is null)
        {
            return true;
        }

        try
        {
            Directory.CreateDirectory(path);
            var probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
            try
            {
                File.WriteAllBytes(probe, new byte[ProbeBytes]);
            }
            finally
            {
                File.Delete(probe);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be written: {refused.Message}";
        }

        return problem is null;
    }
}
