using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using Raid5Fs.BlockDevice;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>Which program this is. A seed means the same run for one version and build only.</summary>
public static class ProgramVersion
{
    /// <summary>The version and, where it was built from a clone, the commit.</summary>
    public static string Version { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>
    /// 16 hex digits over the code that decides a run, as it was compiled: the product, the simulation and this library. It tells
    /// apart what a commit does not, a change that is not committed yet and a build for debugging.
    /// </summary>
    public static string Build { get; } = Fingerprint(typeof(IBlockDevice), typeof(World), typeof(ProgramVersion));

    private static string Fingerprint(params ReadOnlySpan<Type> oneOfEach)
    {
        var hash = new XxHash3();
        foreach (Type type in oneOfEach)
        {
            hash.Append(type.Module.ModuleVersionId.ToByteArray());
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }
}
