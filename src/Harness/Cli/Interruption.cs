using System.Runtime.InteropServices;

namespace Raid5Verify.Cli;

/// <summary>
/// Ctrl-C, or a polite kill. Once somebody has asked for the token, the first of them asks to end early, and the second ends the
/// process at once. Before that the first one does: a verb that does not look at the token has no early end.
/// </summary>
/// <remarks>The token is asked for on one thread.</remarks>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private PosixSignalRegistration[]? _registrations;

    /// <summary>Cancelled from the first signal on.</summary>
    public CancellationToken Token
    {
        get
        {
            _registrations ??=
            [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            ];
            return _source.Token;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_registrations ?? [], static registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
