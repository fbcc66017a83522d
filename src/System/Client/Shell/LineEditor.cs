using System.Globalization;

namespace Raid5Fs.Client.Shell;

/// <summary>Lets somebody type lines at a terminal, with history and completion.</summary>
internal sealed class LineEditor(Completion completion, TextWriter screen, Func<ConsoleKeyInfo> readKey)
{
    private readonly LineBuffer _buffer = new();

    /// <summary>Reads a line; null when the user has no more (Ctrl-D).</summary>
    public async Task<string?> ReadAsync(string prompt)
    {
        while (true)
        {
            Draw(prompt);
            ConsoleKeyInfo key = readKey();
            bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            if (key.Key == ConsoleKey.Enter)
            {
                screen.Write("\n");
                return _buffer.Take();
            }

            if (key.Key == ConsoleKey.D && isControl && _buffer.Text.Length == 0)
            {
                screen.Write("\n");
                return null;
            }

            if (key.Key == ConsoleKey.Tab)
            {
                await CompleteAsync();
            }
            else if (key.Key == ConsoleKey.L && isControl)
            {
                screen.Write("\u001b[2J\u001b[H");
            }
            else
            {
                _buffer.Press(key);
            }
        }
    }

    private async Task CompleteAsync()
    {
        (int from, IReadOnlyList<string> choices) = await completion.FindAsync(_buffer.Text[.._buffer.Cursor]);
        if (choices.Count == 0)
        {
            return;
        }

        string shared = choices.Aggregate(static (left, right) =>
            left[..left.Zip(right).TakeWhile(static pair => pair.First == pair.Second).Count()]);
        if (choices.Count > 1 && shared.Length <= _buffer.Cursor - from)
        {
            screen.Write("\n" + string.Join("  ", choices) + "\n");
            return;
        }

        _buffer.Complete(from, choices.Count == 1 && !shared.EndsWith('/') ? shared + " " : shared);
    }

    private void Draw(string prompt)
    {
        screen.Write($"\r\u001b[K{prompt}{_buffer.Text}");
        int back = _buffer.Text.Length - _buffer.Cursor;
        if (back > 0)
        {
            screen.Write(string.Create(CultureInfo.InvariantCulture, $"\u001b[{back}D"));
        }
    }
}
