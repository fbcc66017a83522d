using System.Runtime.ExceptionServices;

namespace Raid5Verify.Campaigns;

/// <summary>Where the bundles of failures go: the first few of them. Thread-safe.</summary>
/// <param name="folder">Null for nowhere.</param>
/// <param name="most">Bundles that are written at most.</param>
internal sealed class BundleFolder(string? folder, int most)
{
    /// <summary>Where they go if nothing else is said, from the folder in which the program was started.</summary>
    public static readonly string Default = Path.Combine("artifacts", "failures");

    private long _begun;
    private volatile Exception? _refusal;

    /// <summary>One could not be written: there is no use in looking for more failures.</summary>
    public bool IsRefused => _refusal is not null;

    /// <summary>Writes the bundle of one failure, which counts whatever becomes of its bundle.</summary>
    /// <param name="write">Writes it below the folder, and says where.</param>
    /// <returns>Where it is; null if it is one too many, or could not be written.</returns>
    public string? Keep(Func<string, string> write)
    {
        if (folder is null || Interlocked.Increment(ref _begun) > most)
        {
            return null;
        }

        try
        {
            return write(folder);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            _refusal = refusal;
            return null;
        }
    }

    /// <exception cref="IOException">A bundle could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A bundle might not be written.</exception>
    public void ThrowIfRefused()
    {
        if (_refusal is { } refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
        }
    }
}
