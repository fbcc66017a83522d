using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Commands;
using Raid5Fs.Client.Connection;

namespace Raid5Fs.Tests.Client;

public sealed class ArgumentTextTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1g", 1L << 30)]
    [InlineData("2TiB", 1L << 41)]
    public void Bytes_have_units(string text, long bytes)
    {
        Assert.True(UnitText.TryBytes(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("KiB")]
    [InlineData("1 MiB")]
    [InlineData("9999999999TiB")]
    public void What_is_no_number_of_bytes_is_refused(string text) => Assert.False(UnitText.TryBytes(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1L << 40, "1 TiB")]
    public void Bytes_are_written_for_people(long bytes, string text) => Assert.Equal(text, UnitText.OfBytes(bytes));

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("2m", 120_000)]
    public void Times_have_units(string text, int milliseconds)
    {
        Assert.True(UnitText.TryTime(text, out TimeSpan time));
        Assert.Equal(milliseconds, time.TotalMilliseconds);
    }

    [Theory]
    [InlineData("localhost:8000", true)]
    [InlineData("10.0.0.1:1", true)]
    [InlineData("[::1]:8000", true)]
    [InlineData("localhost", false)]
    [InlineData(":8000", false)]
    [InlineData("localhost:0", false)]
    [InlineData("localhost:70000", false)]
    public void A_server_is_a_host_and_a_port(string text, bool isServer) =>
        Assert.Equal(isServer, ServerAddress.TryParse(text, out _));

    [Fact]
    public void A_command_takes_the_switches_and_words_that_it_documents()
    {
        Assert.Equal("cp [-r] FROM TO", new Cp().Usage);
        Assert.True(GivenWords.Of(new Cp(), ["-r", "a", "b"], out _)!.Has('r'));
        Assert.True(GivenWords.Of(new Cp(), ["a", "--recursive", "b"], out _)!.Has('r'));
        Assert.Equal(["-r", "b"], GivenWords.Of(new Cp(), ["--", "-r", "b"], out _)!.Words);
        Assert.Null(GivenWords.Of(new Cp(), ["-x", "a", "b"], out string? unknown));
        Assert.Equal("cp does not know '-x'; usage: cp [-r] FROM TO", unknown);
        Assert.Null(GivenWords.Of(new Cp(), ["a"], out string? few));
        Assert.Equal("usage: cp [-r] FROM TO", few);
    }

    [Fact]
    public void No_two_commands_have_one_name_and_each_says_what_it_does()
    {
        Assert.Equal(CommandList.All.Count, CommandList.All.Select(static command => command.Name).Distinct().Count());
        Assert.All(CommandList.All, static command => Assert.NotEmpty(command.Summary));
    }
}
