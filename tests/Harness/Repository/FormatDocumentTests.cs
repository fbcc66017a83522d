using System.Text.RegularExpressions;

namespace Raid5Verify.Tests.Repository;

/// <summary>The description of the on-disk format is of the format that is written.</summary>
public sealed partial class FormatDocumentTests
{
    private const string Source = "src/System/Core/FileSystem/OnDiskFormat.cs";
    private const string Document = "specs/on-disk-format.md";

    [Fact]
    public void It_is_of_the_version_that_is_written()
    {
        string written = VersionConstant().Match(SourceTree.Read(Source)).Groups[1].Value;
        Assert.NotEmpty(written);
        Assert.Equal($"# The on-disk format, version {written}", SourceTree.Lines(Document)[0]);
        Assert.Contains($"The on-disk format, version {written}:", SourceTree.Read(Source), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Version = (\d+);")]
    private static partial Regex VersionConstant();
}
