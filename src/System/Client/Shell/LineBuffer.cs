namespace Raid5Fs.Client.Shell;

/// <summary>A line that is being typed, the place of the cursor in it, and the lines before. Not thread-safe.</summary>
internal sealed class LineBuffer
{
    private readonly List<string> _history = [];
    private string _unsent = string.Empty;
    private int _shown;

    public string Text { get; private set; } = string.Empty;

    /// <summary>0 to the length of the text.</summary>
    public int Cursor { get; private set; }

    /// <summary>The next line begins; this one is remembered, if it says something new.</summary>
    public string Take()
    {
        string line = Text;
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }

        _shown = _history.Count;
        Set(string.Empty, 0);
        return line;
    }

    /// <summary>Replaces the text before the cursor, from a place on.</summary>
    public void Complete(int from, string replacement) =>
        Set(Text[..from] + replacement + Text[Cursor..], from + replacement.Length);

    /// <summary>What a key does to the line. Enter, Tab and those that end a line are the editor's.</summary>
    public void Press(ConsoleKeyInfo key)
    {
        bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                Cursor = Math.Max(0, Cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                Cursor = Math.Min(Text.Length, Cursor + 1);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when isControl:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when isControl:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(_shown - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_shown + 1);
                break;
            case ConsoleKey.Backspace when Cursor > 0:
                Set(Text.Remove(Cursor - 1, 1), Cursor - 1);
                break;
            case ConsoleKey.Delete when Cursor < Text.Length:
                Set(Text.Remove(Cursor, 1), Cursor);
                break;
            case ConsoleKey.U when isControl:
                Set(Text[Cursor..], 0);
                break;
            case ConsoleKey.K when isControl:
                Set(Text[..Cursor], Cursor);
                break;
            case ConsoleKey.W when isControl:
                int begin = Text[..Cursor].TrimEnd().LastIndexOf(' ') + 1;
                Set(Text[..begin] + Text[Cursor..], begin);
                break;
            default:
                if (!isControl && !char.IsControl(key.KeyChar))
                {
                    Set(Text.Insert(Cursor, key.KeyChar.ToString()), Cursor + 1);
                }

                break;
        }
    }

    private void Recall(int line)
    {
        if (line < 0 || line > _history.Count)
        {
            return;
        }

        _unsent = _shown == _history.Count ? Text : _unsent;
        _shown = line;
        string text = line == _history.Count ? _unsent : _history[line];
        Set(text, text.Length);
    }

    private void Set(string text, int cursor) => (Text, Cursor) = (text, cursor);
}
