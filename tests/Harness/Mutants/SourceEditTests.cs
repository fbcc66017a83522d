using Raid5Verify.Mutants;

namespace Raid5Verify.Tests.Mutants;

/// <summary>How a mutant's text is found in a source, and exchanged.</summary>
public sealed class SourceEditTests
{
    private const string Source = "class C\n{\n    void M()\n    {\n        if (a)\n        {\n            b();\n\n            c();\n        }\n    }\n}\n";

    [Fact]
    public void Its_lines_are_indented_as_the_line_that_it_begins_in() => Assert.Equal(
        Source.Replace("            b();\n\n            c();\n", "            d();\n\n            e();\n"),
        Apply("if (a)\n{\n    b();\n\n    c();\n}", "if (a)\n{\n    d();\n\n    e();\n}"));

    [Fact]
    public void It_may_begin_in_the_middle_of_a_line() =>
        Assert.Equal(Source.Replace("if (a)", "if (!a)"), Apply("(a)", "(!a)"));

    [Fact]
    public void It_may_be_replaced_by_nothing() => Assert.Equal(Source.Replace("b();", ""), Apply("b();", ""));

    [Theory]
    [InlineData("if (b)", "x", "its text no longer matches C.cs")]
    [InlineData("if (a)\n{\nb();", "x", "its text no longer matches C.cs")]
    [InlineData("();", "x", "its text matches 2 places of C.cs")]
    [InlineData("b();", "b();", "its replacement is its text")]
    [InlineData("", "x", "its text no longer matches C.cs")]
    public void What_cannot_be_exchanged_is_said(string text, string replacement, string expected)
    {
        Assert.Null(new SourceEdit { File = "C.cs", Text = text, Replacement = replacement }.Apply(Source, out string? problem));
        Assert.Equal(expected, problem);
    }

    private static string? Apply(string text, string replacement)
    {
        string? edited = new SourceEdit { File = "C.cs", Text = text, Replacement = replacement }.Apply(Source, out string? problem);
        Assert.Null(problem);
        return edited;
    }
}
