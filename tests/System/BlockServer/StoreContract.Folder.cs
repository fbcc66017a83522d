using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <content>The folder of a member: formatted, inspected, erased.</content>
public abstract partial class StoreContract
{
    [Fact]
    public Task An_empty_folder_is_not_formatted() => TellOfFolder(async process =>
    {
        FolderInspection found = await MemberStore.InspectAsync(process.Disk);
        Assert.Equal((StoreFault.NotFormatted, null), (found.Fault, found.Geometry));
        Assert.Equal(new StoreOpening(null, StoreFault.NotFormatted), await MemberStore.OpenAsync(process.Disk, 1));
        Assert.Empty((await process.Disk.ListAsync()).Value);
    });

    [Fact]
    public Task A_formatted_folder_is_a_member_that_was_never_written_and_never_claimed() => Tell(async member =>
    {
        FolderInspection found = await MemberStore.InspectAsync(member.Disk);
        Assert.Equal((StoreFault.None, Geometry), (found.Fault, found.Geometry));
        Assert.Equal(Geometry, member.Store.Geometry);
        Assert.Equal(new MemberRecord(1, default, default, Epoch.None, Sealed: null, Witnessed: 0), member.Record);
        Assert.All(
            await member.Store.ReadAsync([.. Enumerable.Range(0, Rows).Select(row => new Row(row))]),
            block => Assert.Equal(StoredBlockState.NeverWritten, block.State));
        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public Task Each_start_has_a_boot_id_of_its_own() => Tell(async member =>
    {
        ulong first = member.Record.BootId;
        await member.RestartAsync();
        Assert.NotEqual(first, member.Record.BootId);
    });

    [Theory]
    [InlineData("thesis.tex")]
    [InlineData("log.tex")]
    [InlineData("log.01")]
    [InlineData("log.")]
    public Task A_folder_with_something_else_in_it_is_neither_formatted_nor_erased_nor_opened(string name) =>
        TellOfFolder(async process =>
        {
            await process.Disk.OpenAsync(name, DiskOpenMode.CreateNew);
            Assert.Equal(Errno.EEXIST, await MemberStore.FormatAsync(process.Disk, Geometry));
            Assert.Equal(Errno.EEXIST, await MemberStore.EraseAsync(process.Disk));
            Assert.Equal(StoreFault.Foreign, (await MemberStore.InspectAsync(process.Disk)).Fault);
            Assert.Equal(StoreFault.Foreign, (await MemberStore.OpenAsync(process.Disk, 1)).Fault);
            Assert.Equal([name], (await process.Disk.ListAsync()).Value);
        });

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("log.txt")]
    public Task A_member_goes_on_beside_a_foreign_file_and_leaves_it_alone(string name) => Tell(async member =>
    {
        IDiskFile file = (await member.Disk.OpenAsync(name, DiskOpenMode.CreateNew)).Value;
        await file.FlushAsync();
        await member.Disk.FlushFolderAsync();
        await member.RestartAsync();
        Assert.Contains(name, (await member.Disk.ListAsync()).Value);
        Assert.Equal(Errno.EEXIST, await MemberStore.EraseAsync(member.Disk));
        Assert.Equal(StoreFault.None, (await MemberStore.InspectAsync(member.Disk)).Fault);
    });

    [Fact]
    public Task A_member_is_not_formatted_again() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        Assert.Equal(Errno.EEXIST, await MemberStore.FormatAsync(member.Disk, GeometryOf(2)));
        await member.RestartAsync();
        await member.ExpectAsync((3, 30));
    });

    [Fact]
    public Task A_member_that_was_erased_can_be_formatted_as_another() => TellOfFolder(async process =>
    {
        OneMember member = await FormatAsync(process);
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await process.RestartAsync();
        Assert.Equal(Errno.OK, await MemberStore.EraseAsync(process.Disk));
        Assert.Empty((await process.Disk.ListAsync()).Value);
        await process.RestartAsync();
        Assert.Equal(StoreFault.NotFormatted, (await MemberStore.InspectAsync(process.Disk)).Fault);

        OneMember another = await FormatAsync(process, rows: 100);
        Assert.Equal(GeometryOf(100), another.Store.Geometry);
        await another.ExpectAsync((3, 0));
    });

    [Fact]
    public Task A_format_or_an_erasure_that_was_cut_short_can_be_repeated() => TellOfFolder(async process =>
    {
        OneMember member = await FormatAsync(process);
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await process.RestartAsync();

        // The superblock comes last and goes first: without it there is no member, whatever else is there.
        Assert.Equal(Errno.OK, await process.Disk.DeleteAsync("superblock"));
        Assert.Equal(StoreFault.NotFormatted, (await MemberStore.InspectAsync(process.Disk)).Fault);
        Assert.Equal(StoreFault.NotFormatted, (await MemberStore.OpenAsync(process.Disk, 9)).Fault);
        member = await FormatAsync(process, rows: 20);
        await member.ExpectAsync((3, 0));
        Assert.Equal(default, member.Record.Promised);

        await process.RestartAsync();
        await process.Disk.DeleteAsync("superblock");
        await process.Disk.DeleteAsync("checkpoint");
        Assert.Equal(Errno.OK, await MemberStore.EraseAsync(process.Disk));
        Assert.Empty((await process.Disk.ListAsync()).Value);
        await FormatAsync(process);
    });

    [Fact]
    public Task An_inspection_changes_nothing() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        string[] before = await FilesAsync(member.Disk);
        Assert.Equal(StoreFault.None, (await MemberStore.InspectAsync(member.Disk)).Fault);
        Assert.Equal(before, await FilesAsync(member.Disk));
    });

    /// <summary>Each file with its length and a checksum of its bytes.</summary>
    private static async Task<string[]> FilesAsync(IDisk disk)
    {
        List<string> files = [];
        foreach (string name in (await disk.ListAsync()).Value)
        {
            IDiskFile file = (await disk.OpenAsync(name, DiskOpenMode.Open)).Value;
            byte[] bytes = new byte[(await file.LengthAsync()).Value];
            Assert.Equal(Errno.OK, await file.ReadAsync(0, bytes));
            files.Add($"{name}: {bytes.Length} bytes, {Checksum.Of(bytes)}");
        }

        return [.. files];
    }
}
