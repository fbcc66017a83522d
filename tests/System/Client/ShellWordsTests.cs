using Raid5Fs.Client.Shell;

namespace Raid5Fs.Tests.Client;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("  ls   -l  /a ", "ls|-l|/a")]
    [InlineData("append f \"two words\" 'and  more'", "append|f|two words|and  more")]
    [InlineData("cat a\\ b", "cat|a b")]
    [InlineData("cat 'a\\b' \"c\\\"d\"", "cat|a\\b|c\"d")]
    [InlineData("append f ''", "append|f|")]
    [InlineData("ls # a remark", "ls")]
    [InlineData("cat a#b", "cat|a#b")]
    [InlineData("# nothing", "")]
    public void A_line_is_split_as_one_expects_of_a_shell(string line, string words) =>
        Assert.Equal(words, string.Join('|', ShellWords.Split(line, out _)!));

    [Fact]
    public void A_quote_that_is_not_closed_is_named()
    {
        Assert.Null(ShellWords.Split("cat \"a", out string? complaint));
        Assert.Equal("a quote (\") is not closed", complaint);
    }
}
