using System.Runtime.InteropServices;

namespace Raid5Fs.Server.Serving;

/// <summary>SIGTERM and SIGINT: the first asks to end what is under way, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    /// <summary>Ends with the first signal.</summary>
    public Task Asked => _asked.Task;

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    // A signal that is not cancelled does what it does by itself: it kills.
    private void Handle(PosixSignalContext signal) => signal.Cancel = _asked.TrySetResult();
}
