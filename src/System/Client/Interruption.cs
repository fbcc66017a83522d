using System.Runtime.InteropServices;

namespace Raid5Fs.Client;

/// <summary>
/// Ctrl-C, or a polite kill: while something watches for it, the first one asks that to end early; else, or the second time, the
/// process ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly object _gate = new();
    private CancellationTokenSource? _watched;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    /// <summary>From here on, until what is returned is disposed, an interruption cancels it.</summary>
    public Watch Begin()
    {
        lock (_gate)
        {
            _watched = new CancellationTokenSource();
            return new Watch(this, _watched);
        }
    }

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Handle(PosixSignalContext signal)
    {
        lock (_gate)
        {
            signal.Cancel = _watched is { IsCancellationRequested: false };
            _watched?.Cancel();
        }
    }

    /// <summary>Something that ends early when it is asked to.</summary>
    public sealed class Watch(Interruption interruption, CancellationTokenSource source) : IDisposable
    {
        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            lock (interruption._gate)
            {
                interruption._watched = null;
            }

            source.Dispose();
        }
    }
}
