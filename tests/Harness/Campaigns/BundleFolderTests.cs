using Raid5Verify.Campaigns;

namespace Raid5Verify.Tests.Campaigns;

public sealed class BundleFolderTests
{
    [Fact]
    public void The_first_few_failures_have_a_bundle()
    {
        var bundles = new BundleFolder("out", most: 2);
        Assert.Equal(["out/a", "out/b", null], new[] { "a", "b", "c" }.Select(name => bundles.Keep(folder => $"{folder}/{name}")));
        Assert.False(bundles.IsRefused);
        bundles.ThrowIfRefused();
    }

    [Fact]
    public void Without_a_folder_nothing_is_written() =>
        Assert.Null(new BundleFolder(folder: null, most: 2).Keep(_ => throw new InvalidOperationException()));

    [Fact]
    public void One_that_cannot_be_written_is_told_at_the_end()
    {
        var bundles = new BundleFolder("out", most: 2);
        Assert.Null(bundles.Keep(_ => throw new IOException("the disk is full")));
        Assert.True(bundles.IsRefused);
        Assert.Equal("the disk is full", Assert.Throws<IOException>(bundles.ThrowIfRefused).Message);
    }
}
