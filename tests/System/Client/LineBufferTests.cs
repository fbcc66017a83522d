using Raid5Fs.Client.Shell;

namespace Raid5Fs.Tests.Client;

public sealed class LineBufferTests
{
    private readonly LineBuffer _line = new();

    [Fact]
    public void What_is_typed_goes_where_the_cursor_is()
    {
        Type("acd");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.RightArrow);
        Type("b");
        Press(ConsoleKey.End);
        Press(ConsoleKey.Backspace);

        Assert.Equal(("abc", 3), (_line.Text, _line.Cursor));
    }

    [Fact]
    public void Lines_before_come_back_and_the_one_that_was_begun_is_not_lost()
    {
        Type("first");
        _line.Take();
        Type("second");
        _line.Take();
        Type("begun");

        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("first", _line.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("second", _line.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("begun", _line.Text);
    }

    [Fact]
    public void Control_keys_cut_what_is_before_behind_or_the_last_word()
    {
        Type("cat one two");
        Press(ConsoleKey.W, ConsoleModifiers.Control);
        Assert.Equal("cat one ", _line.Text);
        Press(ConsoleKey.A, ConsoleModifiers.Control);
        Press(ConsoleKey.RightArrow);
        Press(ConsoleKey.K, ConsoleModifiers.Control);
        Assert.Equal("c", _line.Text);
        Press(ConsoleKey.U, ConsoleModifiers.Control);
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void A_completion_takes_the_place_of_the_word_before_the_cursor()
    {
        Type("cat /et x");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.LeftArrow);

        _line.Complete(4, "/etc/");

        Assert.Equal(("cat /etc/ x", 9), (_line.Text, _line.Cursor));
    }

    private void Type(string text)
    {
        foreach (char letter in text)
        {
            _line.Press(new ConsoleKeyInfo(letter, ConsoleKey.None, shift: false, alt: false, control: false));
        }
    }

    private void Press(ConsoleKey key, ConsoleModifiers modifiers = ConsoleModifiers.None) =>
        _line.Press(new ConsoleKeyInfo('\0', key, shift: false, alt: false, modifiers.HasFlag(ConsoleModifiers.Control)));
}
