namespace Raid5Verify.Tests.CommandLine;

/// <summary>What a newcomer reads first.</summary>
public sealed class HelpTests
{
    [Fact]
    public Task No_verb_at_all_shows_the_help() => Verifier.Verify(Session.Of().ToString());

    [Theory]
    [InlineData("explore")]
    [InlineData("failures")]
    [InlineData("replay")]
    [InlineData("shrink")]
    [InlineData("run")]
    [InlineData("schema")]
    [InlineData("certify")]
    [InlineData("mutants")]
    [InlineData("bench")]
    public Task Every_verb_explains_itself(string verb) =>
        Verifier.Verify(Session.Of(verb, "--help").ToString()).UseTextForParameters(verb);
}
