using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Tests.Reference;

/// <summary>
/// What a Linux kernel answered to each of these calls, in a folder with the files f and g, the directory e, and the
/// directories d, d/s, d/s/u. N stands for a name one byte longer than the limit.
/// </summary>
public sealed class LinuxErrnoTests
{
    private static readonly string TooLong = new('n', 256);

    [Theory]
    [InlineData("/f", Errno.EEXIST, Errno.EEXIST)]
    [InlineData("/d", Errno.EEXIST, Errno.EEXIST)]
    [InlineData("/d/.", Errno.EEXIST, Errno.EEXIST)]
    [InlineData("/d/..", Errno.EEXIST, Errno.EEXIST)]
    [InlineData("/", Errno.EEXIST, Errno.EEXIST)]
    [InlineData("/f/x", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/x/y", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("/d/x", Errno.OK, Errno.OK)]
    [InlineData("/d/x/", Errno.EISDIR, Errno.OK)]
    [InlineData("/f/", Errno.EISDIR, Errno.EEXIST)]
    [InlineData("/N", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("/N/x", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("/f/N", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/d/N/", Errno.EISDIR, Errno.ENAMETOOLONG)]
    [InlineData("/nope/N", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("", Errno.ENOENT, Errno.ENOENT)]
    public void A_name_is_made_or_refused_as_Linux_does(string path, Errno create, Errno mkdir)
    {
        Assert.Equal(create, Folder().Create(Expand(path)));
        Assert.Equal(mkdir, Folder().MakeDirectory(Expand(path)));
    }

    [Theory]
    [InlineData("/f", Errno.OK, Errno.ENOTDIR)]
    [InlineData("/d", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("/e", Errno.EISDIR, Errno.OK)]
    [InlineData("/e/", Errno.EISDIR, Errno.OK)]
    [InlineData("/d/.", Errno.EISDIR, Errno.EINVAL)]
    [InlineData("/d/..", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("/d/s/..", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("/f/x", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/f/.", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/f/", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/x/y", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("/nope/", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("/", Errno.EISDIR, Errno.EBUSY)]
    [InlineData("/N", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("", Errno.ENOENT, Errno.ENOENT)]
    public void A_name_is_removed_or_kept_as_Linux_does(string path, Errno unlink, Errno rmdir)
    {
        Assert.Equal(unlink, Folder().Unlink(Expand(path)));
        Assert.Equal(rmdir, Folder().RemoveDirectory(Expand(path)));
    }

    [Theory]
    [InlineData("/f", "/d", Errno.EISDIR)]
    [InlineData("/d", "/f", Errno.ENOTDIR)]
    [InlineData("/f", "/f", Errno.OK)]
    [InlineData("/f", "/g", Errno.OK)]
    [InlineData("/d", "/d", Errno.OK)]
    [InlineData("/d", "/d/", Errno.OK)]
    [InlineData("/d", "/d/s", Errno.EINVAL)]
    [InlineData("/d", "/d/s/new", Errno.EINVAL)]
    [InlineData("/d/s", "/d", Errno.ENOTEMPTY)]
    [InlineData("/d/s/u", "/d", Errno.ENOTEMPTY)]
    [InlineData("/e", "/d", Errno.ENOTEMPTY)]
    [InlineData("/e", "/d/s/u", Errno.OK)]
    [InlineData("/d/s/u", "/e", Errno.OK)]
    [InlineData("/d", "/e/.", Errno.EBUSY)]
    [InlineData("/d/.", "/q", Errno.EBUSY)]
    [InlineData("/d/..", "/q", Errno.EBUSY)]
    [InlineData("/d", "/", Errno.EBUSY)]
    [InlineData("/", "/q", Errno.EBUSY)]
    [InlineData("/nope", "/d/.", Errno.EBUSY)]
    [InlineData("/d", "/nope/.", Errno.ENOENT)]
    [InlineData("/f", "/f/x", Errno.ENOTDIR)]
    [InlineData("/d", "/f/x", Errno.ENOTDIR)]
    [InlineData("/f/x", "/g", Errno.ENOTDIR)]
    [InlineData("/nope", "/q", Errno.ENOENT)]
    [InlineData("/nope", "/x/y", Errno.ENOENT)]
    [InlineData("/f", "/x/y", Errno.ENOENT)]
    [InlineData("/f", "/q/", Errno.ENOTDIR)]
    [InlineData("/f/", "/q", Errno.ENOTDIR)]
    [InlineData("/f/", "/g", Errno.ENOTDIR)]
    [InlineData("/f", "/g/", Errno.ENOTDIR)]
    [InlineData("/f", "/d/", Errno.ENOTDIR)]
    [InlineData("/d", "/f/", Errno.ENOTDIR)]
    [InlineData("/d/", "/q/", Errno.OK)]
    [InlineData("/nope/", "/q", Errno.ENOENT)]
    [InlineData("/nope", "/q/", Errno.ENOENT)]
    [InlineData("/f", "/N", Errno.ENAMETOOLONG)]
    [InlineData("/N", "/f", Errno.ENAMETOOLONG)]
    [InlineData("/d", "/N", Errno.ENAMETOOLONG)]
    [InlineData("/nope", "/N", Errno.ENOENT)]
    [InlineData("", "/q", Errno.ENOENT)]
    [InlineData("/f", "", Errno.ENOENT)]
    public void A_name_is_moved_or_kept_as_Linux_does(string from, string to, Errno expected) =>
        Assert.Equal(expected, Folder().Rename(Expand(from), Expand(to)));

    [Theory]
    [InlineData("/f", Errno.OK, Errno.OK, Errno.OK, Errno.ENOTDIR)]
    [InlineData("/d", Errno.OK, Errno.EISDIR, Errno.EISDIR, Errno.OK)]
    [InlineData("/d/", Errno.OK, Errno.EISDIR, Errno.EISDIR, Errno.OK)]
    [InlineData("/", Errno.OK, Errno.EISDIR, Errno.EISDIR, Errno.OK)]
    [InlineData("/f/", Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/f/..", Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/f/x", Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/nope", Errno.ENOENT, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    [InlineData("/N", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG, Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("", Errno.ENOENT, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    public void A_path_is_opened_or_refused_as_Linux_does(
        string path, Errno stat, Errno write, Errno truncate, Errno readdir)
    {
        ReferencePaths folder = Folder();
        Assert.Equal(stat, folder.Stat(Expand(path)).Error);
        Assert.Equal(write, folder.Write(Expand(path), 0, [1]).Error);
        Assert.Equal(write, folder.Read(Expand(path), 0, 1).Error);
        Assert.Equal(truncate, folder.Truncate(Expand(path), 10));
        Assert.Equal(Errno.EINVAL, folder.Truncate(Expand(path), -1));
        Assert.Equal(readdir, folder.ReadDirectory(Expand(path)).Error);
    }

    [Fact]
    public void A_path_has_at_most_4095_bytes()
    {
        string dots = string.Concat(Enumerable.Repeat("/.", 2046));
        Assert.Equal(Errno.OK, Folder().Stat(dots + "//f").Error);
        Assert.Equal(Errno.ENAMETOOLONG, Folder().Stat(dots + "//./f").Error);
    }

    private static string Expand(string path) => path.Replace("N", TooLong, StringComparison.Ordinal);

    private static ReferencePaths Folder()
    {
        var paths = new ReferencePaths(new ReferenceFileSystem(ReferenceLimits.Linux));
        Assert.Equal(Errno.OK, paths.Create("/f"));
        Assert.Equal(Errno.OK, paths.Create("/g"));
        foreach (string directory in new[] { "/e", "/d", "/d/s", "/d/s/u" })
        {
            Assert.Equal(Errno.OK, paths.MakeDirectory(directory));
        }

        return paths;
    }
}
