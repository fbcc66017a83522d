using System.Text.Json;
using Raid5Fs.Client;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>The commands of the shell: what users of the family type, and what they see.</summary>
public sealed class ShellTests(FormattedCluster cluster) : IClassFixture<FormattedCluster>
{
    [Fact]
    public async Task Ls_shows_links_directories_and_what_symbolic_links_lead_to()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync("mkdir dir", "create file", "lnh file other", "lns /dir/x link", "ls", "ls -a dir");

        Assert.Equal(["[2]:dir/", "[2]:file", "[1]:link@ -> /dir/x", "[2]:other", "[2]:./", "[3]:../"], shown);
    }

    [Fact]
    public async Task Append_cat_slice_and_mirror_work_on_the_bytes_of_a_file()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync(
            "create a", "append a hello world", "cat a", "append a \"  again\"", "cat a", "slice a 6 5", "cat a", "mirror a", "cat a");

        Assert.Equal(["hello world", "hello world  again", "world", "dlrow"], shown);
    }

    [Fact]
    public async Task Cd_pwd_and_paths_with_dots_lead_where_one_expects()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync(
            "mkdir -p /a/b", "cd a/b", "pwd", "touch here", "cd ../..", "pwd", "ls a/b", "cd /a/./b/..", "ls", "cd", "pwd");

        Assert.Equal(["/a/b", "/", "[1]:here", "[2]:b/", "/"], shown);
    }

    [Fact]
    public async Task Cp_mv_rm_and_links_change_the_tree()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync(
            "mkdir d", "create f", "append f text", "cp f d", "cp f copy", "mv f d/moved", "ls d", "rm copy", "cp -r d e",
            "cat e/moved", "lns e/moved s", "cat s", "rm -r d", "mkdir g", "rmdir g", "ls");

        Assert.Equal(["[1]:f", "[1]:moved", "text", "text", "[2]:e/", "[1]:s@ -> e/moved"], shown);
    }

    [Fact]
    public async Task What_cannot_be_done_is_named_and_the_shell_goes_on()
    {
        ClientTool tool = await cluster.EmptyAsync();

        Said said = await tool.TypeAsync("cat nothing\nmkdir d\nrm d\nbogus\nls d x y\npwd", "shell");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("raid5fs: ENOENT: nothing: there is no such file or directory", said.Error);
        Assert.Contains("raid5fs: EISDIR: d: it is a directory", said.Error);
        Assert.Contains("raid5fs: there is no command 'bogus'; help lists them", said.Error);
        Assert.Equal("/", said.Lines[^1]);
    }

    [Fact]
    public async Task The_first_error_ends_a_shell_that_is_told_so()
    {
        ClientTool tool = await cluster.EmptyAsync();

        Said said = await tool.TypeAsync("cat nothing\npwd", "shell", "--errexit");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Empty(said.Out);
    }

    [Fact]
    public async Task Stat_chmod_and_touch_show_and_set_attributes()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync("create f", "append f 12345", "chmod 0640 f", "stat f");
        Said json = await tool.RunAsync("stat", "/f", "--json");

        Assert.Equal(["path         f", "inode        2", "type         Regular", "links        1", "size         5 bytes in 1 blocks"], shown[..5]);
        Assert.Equal("permissions  0640, user 0, group 0", shown[5]);
        JsonElement inode = JsonDocument.Parse(json.Out).RootElement;
        Assert.Equal(5, inode.GetProperty("size").GetInt64());
        Assert.Equal("0640", inode.GetProperty("permissions").GetString());
    }

    [Fact]
    public async Task Blocks_inodes_and_the_layout_can_be_looked_at()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] slice = await tool.ShellAsync("showblockslice 0 0 7");
        string[] block = await tool.ShellAsync("showblock 0");
        string[] physical = await tool.ShellAsync("showphysicalblock 2 0");
        string[] inode = await tool.ShellAsync("showinode 1");
        string[] layout = await tool.ShellAsync("showfsconfig");

        Assert.Equal(["00000  52 61 69 64 35 46 73 0a                          Raid5Fs."], slice);
        Assert.StartsWith("00000  52 61 69 64 35 46 73 0a 06 00 00 00 00 02 00 00  Raid5Fs.", block[0]);
        Assert.Equal("parity", physical[0]);
        Assert.Contains("type         Directory", inode);
        Assert.Contains("block size    512 bytes", layout);
    }

    [Fact]
    public async Task Verify_and_verifyall_read_rows_as_a_whole()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] shown = await tool.ShellAsync("verify 0 5", "verifyall");

        Assert.Equal(
            ["block 0: server 0, row 0, parity on server 2: sound", "block 5: server 1, row 1, parity on server 2: sound", "256 rows, 0 findings"],
            shown);
    }

    [Fact]
    public async Task Help_explains_every_command()
    {
        ClientTool tool = await cluster.EmptyAsync();

        string[] all = await tool.ShellAsync("help");
        string[] one = await tool.ShellAsync("help cp");

        string[] family =
        [
            "cd", "cat", "ls", "mkdir", "create", "append", "rm", "slice", "mirror", "lnh", "lns", "cp", "mv", "touch", "stat", "chmod", "repair",
            "verify", "verifyall", "showblock", "showblockslice", "showphysicalblock", "showinode", "showfsconfig", "showload", "load", "save", "exit",
        ];
        Assert.All(family, command => Assert.Contains(all, line => line.Split(' ')[0] == command));
        Assert.Equal("usage: cp [-r] FROM TO", one[1]);
    }

    [Fact]
    public async Task Put_and_get_move_files_and_folders_byte_by_byte()
    {
        ClientTool tool = await cluster.EmptyAsync();
        using var folder = new Processes.TemporaryFolder();
        byte[] content = MemberCaller.Content(7, 40_000);
        string from = folder.Folder("from");
        await File.WriteAllBytesAsync(Path.Combine(from, "data"), content);
        File.CreateSymbolicLink(Path.Combine(from, "link"), "data");

        Assert.Equal(ExitCode.Done, (await tool.RunAsync("put", "-r", from, "/tree")).Code);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("get", "/tree/data", folder.Of("back"))).Code);
        Assert.Equal(ExitCode.Done, (await tool.RunAsync("get", "-r", "/tree", folder.Of("tree"))).Code);

        Assert.Equal(content, await File.ReadAllBytesAsync(folder.Of("back")));
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(folder.Of("tree"), "data")));
        Assert.Equal("data", new FileInfo(Path.Combine(folder.Of("tree"), "link")).LinkTarget);
    }

    [Fact]
    public async Task An_image_brings_all_back_that_was_there_when_it_was_saved()
    {
        ClientTool tool = await cluster.EmptyAsync();
        using var folder = new Processes.TemporaryFolder();
        string image = folder.Of("image");
        await tool.ShellAsync("create before", "append before kept", $"save {image}", "rm before", "create after");

        string[] shown = await tool.ShellAsync("ls", $"load {image}", "ls", "cat before", "verifyall");
        Said fsck = await tool.RunAsync("fsck");

        Assert.Equal(["[1]:after", "[1]:before", "kept", "256 rows, 0 findings"], shown);
        Assert.Equal(256 * 2 * 512, new FileInfo(image).Length);
        Assert.Equal("clean: 1 files, 1 directories, 2 blocks\n", fsck.Out);
    }

    [Fact]
    public async Task An_image_of_another_size_is_refused()
    {
        ClientTool tool = await cluster.EmptyAsync();
        using var folder = new Processes.TemporaryFolder();

        Said said = await tool.RunAsync("load", folder.File("short", "not an image"));

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("EINVAL", said.Error);
    }

    [Fact]
    public async Task Mkfs_does_not_destroy_a_file_system_unless_it_is_told_to()
    {
        ClientTool tool = await cluster.EmptyAsync();
        await tool.ShellAsync("create precious");

        Said refused = await tool.RunAsync("mkfs");
        string[] shown = await tool.ShellAsync("ls");

        Assert.Equal(ExitCode.Refused, refused.Code);
        Assert.Contains("EEXIST", refused.Error);
        Assert.Equal(["[1]:precious"], shown);
    }

    [Theory]
    [InlineData("ls", "--servers", "nowhere")]
    [InlineData("ls", "--bogus")]
    [InlineData("bogus")]
    [InlineData("cp", "only-one")]
    [InlineData("slice", "/f", "x", "1")]
    [InlineData("mkfs", "--force", "-is", "64")]
    [InlineData("status", "--lease", "soon")]
    public async Task Bad_usage_gets_one_line_and_exit_code_2(params string[] arguments)
    {
        ClientTool tool = arguments.Contains("--servers") ? new ClientTool() : cluster.Tool;

        Said said = await tool.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, said.Code);
        Assert.Single(said.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
