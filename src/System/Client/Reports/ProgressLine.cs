using System.Globalization;
using Raid5Fs.Client.Owner;

namespace Raid5Fs.Client.Reports;

/// <summary>A line that is drawn again and again while a long work goes on; nothing where nobody looks.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private const int Width = 30;

    private readonly object _gate = new();
    private int _length;

    public void Show(WorkProgress progress)
    {
        if (!terminal.ShowsProgress || progress.Of <= 0)
        {
            return;
        }

        lock (_gate)
        {
            int filled = (int)(progress.Done * Width / progress.Of);
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.What} [{new string('#', filled)}{new string('.', Width - filled)}] {100 * progress.Done / progress.Of,3} %  {progress.Done:N0} of {progress.Of:N0}");
            terminal.Error.Write("\r" + line.PadRight(_length));
            _length = line.Length;
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_length > 0)
            {
                terminal.Error.Write("\r" + new string(' ', _length) + "\r");
            }

            _length = 0;
        }
    }
}
