using Raid5Fs.FileSystem;
using Raid5Verify.Reference;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>
/// Between which times an operation was done, by the clock of the client that did it. A clock that is set meanwhile may have shown
/// any time.
/// </summary>
internal sealed class OperationTiming(HostLife client)
{
    private readonly Timestamp _begun = Timestamp.Now(client.Clock);
    private readonly int _settings = client.Host.ClockSettings;

    /// <summary>While it is not known to have ended.</summary>
    public TimeRange SinceBegin => WasSet ? TimeRange.Any : TimeRange.From(_begun);

    /// <summary>If it ends now.</summary>
    public TimeRange UntilNow => WasSet ? TimeRange.Any : new TimeRange(_begun, Timestamp.Now(client.Clock));

    private bool WasSet => client.Host.ClockSettings != _settings;
}
