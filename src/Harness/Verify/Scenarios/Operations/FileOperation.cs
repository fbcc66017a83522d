using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>
/// A step that asks the file system for something. The reference is asked the same, and both answers must be equal.
/// </summary>
public abstract record FileOperation : Step
{
    /// <summary>Virtual time that the client lets pass before it asks.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan Think { get; init; }

    /// <summary>The errno that the author of the scenario expects; without one, whatever the reference answers.</summary>
    public Errno? Expect { get; init; }

    /// <summary>Does it to the reference.</summary>
    internal abstract Answer ApplyTo(ReferencePaths reference);
}
