using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>Making members: of empty folders only, and of possible shapes.</summary>
public sealed class FormatTests
{
    [Fact]
    public async Task An_array_is_named_once_and_the_others_are_formatted_by_that_name()
    {
        using var folder = new TemporaryFolder();
        string array = await ServerProcess.FormatAsync(folder.Folder("first"), new MemberShape());
        Assert.Matches("^[0-9a-f]{32}$", array);
        Assert.Equal(array, await ServerProcess.FormatAsync(folder.Folder("second"), new MemberShape { Array = array, Member = 1 }));
        Assert.NotEqual(array, await ServerProcess.FormatAsync(folder.Folder("other"), new MemberShape()));
    }

    [Fact]
    public async Task A_member_is_not_formatted_again_nor_is_a_folder_with_something_in_it()
    {
        using var folder = new TemporaryFolder();
        string member = folder.Folder("member");
        await ServerProcess.FormatAsync(member, new MemberShape());
        await Refused.ExpectAsync(1, $"EEXIST: {member}: ", ["format", "--data", member, .. new MemberShape().ToArguments()]);

        string thesis = folder.Folder("thesis");
        File.WriteAllText(Path.Combine(thesis, "thesis.tex"), "");
        await Refused.ExpectAsync(1, $"EEXIST: {thesis}: ", ["format", "--data", thesis, .. new MemberShape().ToArguments()]);
        Assert.Equal(["thesis.tex"], Directory.EnumerateFileSystemEntries(thesis).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("an array has 3 to 32 members, not 2", "--servers", "2", "--member", "0", "--rows", "64")]
    [InlineData("member 3 does not exist in an array of 3", "--servers", "3", "--member", "3", "--rows", "64")]
    [InlineData("a block is a power of two of 128 to 65536 bytes, not 100", "--servers", "3", "--member", "0", "--rows", "64", "-bs", "100")]
    [InlineData("a member has whole chunks of 16 blocks", "--servers", "3", "--member", "0", "-nb", "40")]
    [InlineData("--rows is needed", "--servers", "3", "--member", "0")]
    [InlineData("--rows '1e3': a whole number is wanted", "--servers", "3", "--member", "0", "--rows", "1e3")]
    public async Task An_impossible_shape_is_named(string complaint, params string[] shape)
    {
        using var folder = new TemporaryFolder();
        await Refused.ExpectAsync(2, complaint, ["format", "--data", folder.Path, .. shape]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_smallest_geometry_of_the_family_is_served()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape { Rows = 256, BlockSize = 128, Chunk = 1 });
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        await caller.CommitAsync(Primitives.Epoch.Of(1, 1), (0, 7), (255, 8));
        await caller.ExpectAsync(255, 8);
    }
}
