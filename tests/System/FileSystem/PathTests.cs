using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>
/// What Linux 6.18 on ext4 answered, in a tree of: <c>d/sub/x</c> (x a file), empty directories <c>e</c> and
/// <c>e2</c>, files <c>f</c> and <c>g</c>. LONG stands for a name of 256 bytes.
/// </summary>
public sealed class PathTests
{
    private static async Task<PathOperations> TreeAsync()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.DirectoryAsync("/d");
        await mounted.DirectoryAsync("/d/sub");
        await mounted.FileAsync("/d/sub/x");
        await mounted.DirectoryAsync("/e");
        await mounted.DirectoryAsync("/e2");
        await mounted.FileAsync("/f", "hi");
        await mounted.FileAsync("/g");
        return mounted.Paths;
    }

    private static string Expand(string path) => path.Replace("LONG", new string('n', 256), StringComparison.Ordinal);

    [Theory]
    [InlineData("", Errno.ENOENT)]
    [InlineData("f", Errno.EEXIST)]
    [InlineData("f/", Errno.EISDIR)]
    [InlineData("d", Errno.EEXIST)]
    [InlineData("d/", Errno.EISDIR)]
    [InlineData("new/", Errno.EISDIR)]
    [InlineData("d/.", Errno.EEXIST)]
    [InlineData("d/..", Errno.EEXIST)]
    [InlineData("/", Errno.EEXIST)]
    [InlineData("f/x", Errno.ENOTDIR)]
    [InlineData("f/.", Errno.ENOTDIR)]
    [InlineData("nope/x", Errno.ENOENT)]
    [InlineData("nope/", Errno.EISDIR)]
    [InlineData("LONG", Errno.ENAMETOOLONG)]
    [InlineData("f/LONG", Errno.ENOTDIR)]
    [InlineData("nope/LONG", Errno.ENOENT)]
    [InlineData("LONG/x", Errno.ENAMETOOLONG)]
    [InlineData("d/LONG/", Errno.EISDIR)]
    [InlineData("f/x/", Errno.ENOTDIR)]
    [InlineData("new", Errno.OK)]
    [InlineData("//d///new", Errno.OK)]
    [InlineData("d/../e/./new", Errno.OK)]
    public async Task Create_answers_as_Linux_does(string path, Errno expected)
    {
        PathOperations paths = await TreeAsync();
        Assert.Equal(expected, (await paths.CreateAsync(Expand(path))).Error);
    }

    [Theory]
    [InlineData("", Errno.ENOENT)]
    [InlineData("f", Errno.EEXIST)]
    [InlineData("f/", Errno.EEXIST)]
    [InlineData("d", Errno.EEXIST)]
    [InlineData("new/", Errno.OK)]
    [InlineData("new//", Errno.OK)]
    [InlineData("d/.", Errno.EEXIST)]
    [InlineData("d/..", Errno.EEXIST)]
    [InlineData("/", Errno.EEXIST)]
    [InlineData("f/x", Errno.ENOTDIR)]
    [InlineData("f/.", Errno.ENOTDIR)]
    [InlineData("nope/x", Errno.ENOENT)]
    [InlineData("LONG", Errno.ENAMETOOLONG)]
    [InlineData("f/LONG", Errno.ENOTDIR)]
    [InlineData("new/.", Errno.ENOENT)]
    [InlineData("new/..", Errno.ENOENT)]
    public async Task Mkdir_answers_as_Linux_does(string path, Errno expected)
    {
        PathOperations paths = await TreeAsync();
        Assert.Equal(expected, (await paths.MakeDirectoryAsync(Expand(path))).Error);
    }

    [Theory]
    [InlineData("", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("f", Errno.OK, Errno.ENOTDIR)]
    [InlineData("f/", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("d", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("d/", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("e", Errno.EISDIR, Errno.OK)]
    [InlineData("e/", Errno.EISDIR, Errno.OK)]
    [InlineData("nope", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("nope/", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("e/.", Errno.EISDIR, Errno.EINVAL)]
    [InlineData("e/..", Errno.EISDIR, Errno.ENOTEMPTY)]
    [InlineData("f/x", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("f/.", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("nope/.", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("LONG", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("f/LONG", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("/", Errno.EISDIR, Errno.EBUSY)]
    public async Task Unlink_and_rmdir_answer_as_Linux_does(string path, Errno unlink, Errno rmdir)
    {
        Assert.Equal(unlink, await (await TreeAsync()).UnlinkAsync(Expand(path)));
        Assert.Equal(rmdir, await (await TreeAsync()).RemoveDirectoryAsync(Expand(path)));
    }

    [Theory]
    [InlineData("", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("f", Errno.OK, Errno.OK)]
    [InlineData("f/", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("f/.", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("f/..", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("d", Errno.OK, Errno.EISDIR)]
    [InlineData("d/", Errno.OK, Errno.EISDIR)]
    [InlineData("/", Errno.OK, Errno.EISDIR)]
    [InlineData("/../..", Errno.OK, Errno.EISDIR)]
    [InlineData("nope/", Errno.ENOENT, Errno.ENOENT)]
    [InlineData("LONG", Errno.ENAMETOOLONG, Errno.ENAMETOOLONG)]
    [InlineData("f/LONG", Errno.ENOTDIR, Errno.ENOTDIR)]
    [InlineData("a\0b", Errno.EINVAL, Errno.EINVAL)]
    public async Task Stat_and_truncate_answer_as_Linux_does(string path, Errno stat, Errno truncate)
    {
        PathOperations paths = await TreeAsync();
        Assert.Equal(stat, (await paths.GetAttributesAsync(Expand(path))).Error);
        Assert.Equal(truncate, await paths.TruncateAsync(Expand(path), 5));
        Assert.Equal(Errno.EINVAL, await paths.TruncateAsync(Expand(path), -1));
    }

    [Theory]
    [InlineData("", "/", Errno.ENOENT)]
    [InlineData("f", "", Errno.ENOENT)]
    [InlineData("f", "f", Errno.OK)]
    [InlineData("f", "g", Errno.OK)]
    [InlineData("f", "f/", Errno.ENOTDIR)]
    [InlineData("f/", "new", Errno.ENOTDIR)]
    [InlineData("f", "new/", Errno.ENOTDIR)]
    [InlineData("f", "e", Errno.EISDIR)]
    [InlineData("f", "e/", Errno.ENOTDIR)]
    [InlineData("f", "d/.", Errno.EBUSY)]
    [InlineData("f", "d/..", Errno.EBUSY)]
    [InlineData("f", "/", Errno.EBUSY)]
    [InlineData("f", "f/x", Errno.ENOTDIR)]
    [InlineData("f", "nope/x", Errno.ENOENT)]
    [InlineData("f", "LONG", Errno.ENAMETOOLONG)]
    [InlineData("f/", "LONG", Errno.ENAMETOOLONG)]
    [InlineData("nope", "LONG", Errno.ENOENT)]
    [InlineData("nope/", "new", Errno.ENOENT)]
    [InlineData("LONG", "nope/x", Errno.ENOENT)]
    [InlineData("LONG", "/", Errno.EBUSY)]
    [InlineData("nope", "/", Errno.EBUSY)]
    [InlineData("d/.", "LONG", Errno.EBUSY)]
    [InlineData("d/.", "f/x", Errno.ENOTDIR)]
    [InlineData("/", "nope/x", Errno.ENOENT)]
    [InlineData("d", "f", Errno.ENOTDIR)]
    [InlineData("d", "d", Errno.OK)]
    [InlineData("d/", "new/", Errno.OK)]
    [InlineData("d", "e", Errno.OK)]
    [InlineData("e", "d", Errno.ENOTEMPTY)]
    [InlineData("d", "d/new", Errno.EINVAL)]
    [InlineData("d", "d/sub", Errno.EINVAL)]
    [InlineData("d", "d/sub/x", Errno.EINVAL)]
    [InlineData("d", "d/sub/new/", Errno.EINVAL)]
    [InlineData("d/sub", "d", Errno.ENOTEMPTY)]
    [InlineData("d/sub", "d/sub/", Errno.OK)]
    [InlineData("d/sub/x", "d", Errno.ENOTEMPTY)]
    [InlineData("d/sub/x", "d/", Errno.ENOTDIR)]
    [InlineData("d/sub/x", "e", Errno.EISDIR)]
    [InlineData("d/sub/x", "f", Errno.OK)]
    [InlineData("e", "d/sub/new", Errno.OK)]
    [InlineData("e", "d/sub/x", Errno.ENOTDIR)]
    public async Task Rename_answers_as_Linux_does(string from, string to, Errno expected)
    {
        PathOperations paths = await TreeAsync();
        Assert.Equal(expected, await paths.RenameAsync(Expand(from), Expand(to)));
    }

    [Fact]
    public async Task A_path_of_4095_bytes_is_walked_and_one_of_4096_is_too_long()
    {
        PathOperations paths = await TreeAsync();
        Assert.Equal(Errno.OK, (await paths.GetAttributesAsync(new string('/', 4095))).Error);
        Assert.Equal(Errno.ENAMETOOLONG, (await paths.GetAttributesAsync(new string('/', 4096))).Error);
        Assert.Equal(Errno.OK, (await paths.GetAttributesAsync("/" + string.Concat(Enumerable.Repeat("./", 2046)) + "f")).Error);
        Assert.Equal(Errno.ENOENT, await paths.RenameAsync("nope/x", new string('/', 4096)));
        Assert.Equal(Errno.ENAMETOOLONG, await paths.RenameAsync(new string('/', 4096), ""));
    }
}
