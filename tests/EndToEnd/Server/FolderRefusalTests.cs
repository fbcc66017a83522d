using System.Buffers.Binary;
using Raid5Fs.BlockServer;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>A folder that cannot be served as what it is asked for: which one, and why.</summary>
public sealed class FolderRefusalTests
{
    [Fact]
    public async Task A_folder_must_exist_be_one_and_hold_a_member()
    {
        using var folder = new TemporaryFolder();
        string missing = folder.Of("missing");
        await ExpectAsync($"ENOENT: {missing}: there is no such folder", missing);
        string file = folder.File("file", "");
        await ExpectAsync($"ENOTDIR: {file}: it is not a folder", file);
        string empty = folder.Folder("empty");
        await ExpectAsync($"NotFormatted: {empty}: the folder is not formatted as a member", empty);
        await ExpectAsync($"Foreign: {folder.Path}: the folder holds files that are not a member's", folder.Path);
        await ExpectAsync(
            $"Foreign: {folder.Path}: the folder holds files that are not a member's",
            folder.Path,
            ["--format", .. new MemberShape { Array = new string('0', 32) }.ToArguments()]);
    }

    [Theory]
    [InlineData(StoreFault.DamagedSuperblock, "superblock")]
    [InlineData(StoreFault.DamagedCheckpoint, "checkpoint")]
    [InlineData(StoreFault.DamagedLog, "log.1")]
    public async Task Damage_is_named(StoreFault fault, string file)
    {
        using var folder = new TemporaryFolder();
        await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        byte[] bytes = await File.ReadAllBytesAsync(folder.Of(file));
        await File.WriteAllBytesAsync(folder.Of(file), bytes.Length == 0 ? new byte[] { 1 } : [.. bytes.Select(each => (byte)~each)]);
        await ExpectAsync($"{fault}: {folder.Path}: {fault.Describe()}", folder.Path);
    }

    [Fact]
    public async Task A_slot_file_that_was_cut_short_is_named()
    {
        using var folder = new TemporaryFolder();
        await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        using (FileStream slots = File.OpenWrite(folder.Of("slots")))
        {
            slots.SetLength(slots.Length - 1);
        }

        await ExpectAsync($"OtherGeometry: {folder.Path}: ", folder.Path);
    }

    [Fact]
    public async Task The_format_of_another_version_is_named()
    {
        using var folder = new TemporaryFolder();
        await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        byte[] copies = await File.ReadAllBytesAsync(folder.Of("superblock"));
        foreach (int copy in (int[])[0, 4096])
        {
            byte[] sector = copies.AsSpan(copy, DiskSector.Size).ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(sector.AsSpan(8), Superblock.FormatVersion + 1);
            DiskSector.Seal(sector);
            sector.CopyTo(copies, copy);
        }

        await File.WriteAllBytesAsync(folder.Of("superblock"), copies);
        await ExpectAsync($"OtherVersion: {folder.Path}: ", folder.Path);
    }

    [Fact]
    public async Task A_folder_that_is_served_is_not_served_again_nor_formatted()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        await ExpectAsync($"InUse: {member.Folder}: another server holds the folder", member.Folder);
        await Refused.ExpectAsync(
            1, $"EBUSY: {member.Folder}: another server holds the folder", ["format", "--data", member.Folder, .. new MemberShape().ToArguments()]);
    }

    [Fact]
    public async Task The_folder_of_another_member_is_not_served_in_its_place()
    {
        using var folder = new TemporaryFolder();
        string array = await ServerProcess.FormatAsync(folder.Path, new MemberShape());
        await ExpectAsync($"ESTALE: {folder.Path}: --member says 1, but the folder is 0's", folder.Path, ["--member", "1"]);
        string other = new('0', 32);
        await ExpectAsync($"ESTALE: {folder.Path}: --array says {other}, but the folder is {array}'s", folder.Path, ["--array", other]);
        await ExpectAsync(
            $"ESTALE: {folder.Path}: --rows says 128, but the folder is 64's",
            folder.Path,
            ["--format", .. new MemberShape { Array = array, Rows = 128 }.ToArguments()]);
    }

    [Fact]
    public async Task A_blank_member_starts_in_an_empty_folder_and_is_not_blank_the_next_time()
    {
        using var folder = new TemporaryFolder();
        string[] format = ["--format", .. new MemberShape { Array = new string('1', 32), Member = 2 }.ToArguments()];
        await using (ServerProcess server = await ServerProcess.StartAsync(folder.Path, format))
        {
            using var caller = new MemberCaller(server.Address);
            await caller.OwnAsync(1);
            await caller.CommitAsync(Primitives.Epoch.Of(1, 1), (5, 50));
        }

        await using (ServerProcess again = await ServerProcess.StartAsync(folder.Path, format))
        {
            using var caller = new MemberCaller(again.Address);
            await caller.OwnAsync(2);
            await caller.ExpectAsync(5, 50);
        }
    }

    private static Task ExpectAsync(string complaint, string folder, IEnumerable<string>? options = null) =>
        Refused.ExpectAsync(1, complaint, ["serve", "--data", folder, "--listen", "127.0.0.1:0", .. options ?? []]);
}
