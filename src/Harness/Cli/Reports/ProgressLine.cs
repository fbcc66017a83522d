using System.Diagnostics;

namespace Raid5Verify.Cli.Reports;

/// <summary>How far something is: on a terminal one line that is written over, else a line now and then.</summary>
/// <remarks>Used by one thread at a time.</remarks>
/// <param name="terminal">Where to write.</param>
/// <param name="isQuiet">Writes nothing at all.</param>
internal sealed class ProgressLine(Terminal terminal, bool isQuiet = false)
{
    private static readonly TimeSpan Rewrite = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private int _width;

    /// <summary>Writes it, unless the last one is too fresh.</summary>
    public void Show(string text)
    {
        if (isQuiet || _sinceLast.Elapsed < (terminal.IsInteractive ? Rewrite : Line))
        {
            return;
        }

        _sinceLast.Restart();
        if (terminal.IsInteractive)
        {
            terminal.Out.Write($"\r{text.PadRight(_width)}");
            _width = text.Length;
        }
        else
        {
            terminal.Out.WriteLine(text);
        }
    }

    /// <summary>Nothing of it is left on a terminal.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            terminal.Out.Write($"\r{new string(' ', _width)}\r");
            _width = 0;
        }
    }
}
