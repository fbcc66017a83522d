using System.Diagnostics;

namespace Raid5Verify.Cli.Reports;

internal static class ProcessMemory
{
    /// <summary>The most memory that this process ever held, in bytes.</summary>
    public static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
