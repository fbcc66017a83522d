using System.Text;

namespace Raid5Verify.Tests.Snapshots;

/// <summary>The stand-in for Verify.Xunit, held to the conventions of the package.</summary>
public sealed class VerifierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snapshots-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public Task A_text_that_was_approved_passes() => Verifier.Verify("first line\nsecond line");

    [Fact]
    public async Task A_new_snapshot_fails_and_leaves_what_came_beside_the_test()
    {
        var failure = await Assert.ThrowsAsync<VerifyException>(() => Compare("hello"));

        Assert.Contains("New:", failure.Message);
        Assert.Contains("hello", failure.Message);
        Assert.Equal("hello", ReadReceived());
    }

    [Fact]
    public async Task A_difference_fails_and_names_the_first_line_that_differs()
    {
        Approve("same\nold\nsame");

        var failure = await Assert.ThrowsAsync<VerifyException>(() => Compare("same\nnew\nsame"));

        Assert.Contains("line 2", failure.Message);
        Assert.Contains("- verified: old\n- received: new", failure.Message);
        Assert.Equal("same\nnew\nsame", ReadReceived());
    }

    [Fact]
    public async Task A_text_cut_short_is_a_difference()
    {
        Approve("one\ntwo");

        var failure = await Assert.ThrowsAsync<VerifyException>(() => Compare("one"));

        Assert.Contains("- received: (no such line)", failure.Message);
    }

    [Fact]
    public async Task Moving_the_received_file_over_the_verified_one_approves_it()
    {
        await Assert.ThrowsAsync<VerifyException>(() => Compare("hello"));
        File.Move(Received, Verified);

        await Compare("hello");

        Assert.False(File.Exists(Received));
    }

    [Fact]
    public async Task A_pass_clears_away_the_received_file_of_an_earlier_failure()
    {
        Approve("hello");
        await Assert.ThrowsAsync<VerifyException>(() => Compare("good bye"));

        await Compare("hello");

        Assert.False(File.Exists(Received));
    }

    [Fact]
    public async Task Line_ends_and_a_last_line_end_in_the_approved_file_make_no_difference()
    {
        Approve("one\r\ntwo\n");

        await Compare("one\r\ntwo");
    }

    [Fact]
    public async Task A_text_that_ends_its_last_line_itself_is_approved_as_it_is()
    {
        Approve("one\n");

        await Compare("one\n");
    }

    [Fact]
    public async Task Received_files_begin_with_a_byte_order_mark()
    {
        await Assert.ThrowsAsync<VerifyException>(() => Compare("hello"));

        Assert.Equal(Encoding.UTF8.GetPreamble(), File.ReadAllBytes(Received)[..3]);
    }

    [Theory]
    [InlineData(null, "null")]
    [InlineData("", "emptyString")]
    public async Task Nothing_has_a_written_form(string? target, string written)
    {
        Approve(written);

        await Compare(target);
    }

    [Fact]
    public async Task Scrubbers_run_before_the_comparison_and_the_last_one_added_runs_first()
    {
        Approve("seed N\ntook T");

        await Compare("seed 42\nat 12:30 exactly\ntook 5 ms")
            .AddScrubber(text => text.Replace("forty-two", "N"))
            .AddScrubber(text => text.Replace("42", "forty-two"))
            .ScrubLinesContaining("AT 12:30")
            .ScrubLinesWithReplace(line => line.StartsWith("took", StringComparison.Ordinal) ? "took T" : line);
    }

    [Fact]
    public async Task Cases_of_a_theory_have_files_of_their_own()
    {
        var failure = await Assert.ThrowsAsync<VerifyException>(() => Compare("hello").UseTextForParameters("verb=run"));

        Assert.Contains("VerifierTests.Case_verb=run.verified.txt", failure.Message);
    }

    [Fact]
    public async Task Settings_given_to_one_test_are_not_changed_by_it()
    {
        var shared = new VerifySettings();
        shared.UseDirectory(_folder.FullName);
        shared.UseMethodName("Case");
        Approve("hello");

        await Verifier.Verify("HELLO", shared).AddScrubber(text => text.Replace("HELLO", "hello"));

        await Assert.ThrowsAsync<VerifyException>(() => Verifier.Verify("HELLO", shared).ToTask());
    }

    [Fact]
    public async Task A_text_still_being_made_is_awaited()
    {
        Approve("hello");

        await Verifier.Verify(Task.FromResult("hello")).UseDirectory(_folder.FullName).UseMethodName("Case");
    }

    private string Verified => Path.Combine(_folder.FullName, "VerifierTests.Case.verified.txt");

    private string Received => Path.Combine(_folder.FullName, "VerifierTests.Case.received.txt");

    private SettingsTask Compare(string? target) =>
        Verifier.Verify(target).UseDirectory(_folder.FullName).UseMethodName("Case");

    private void Approve(string text) => File.WriteAllText(Verified, text);

    private string ReadReceived() => File.ReadAllText(Received);
}
