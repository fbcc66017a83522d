using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Names that were looked up before: found without their directory, and never what they led to before a change.</summary>
public sealed class NameCacheTests
{
    private readonly NameCache _names = new();

    [Fact]
    public void A_name_is_known_until_its_entry_changes_and_others_push_it_out()
    {
        var directory = new InodeNumber(1);
        var file = new NamedInode(new InodeNumber(7), FileType.Regular);
        _names.Remember(directory, Name(0), file);
        Assert.True(_names.TryFind(directory, Name(0), out NamedInode known));
        Assert.Equal(file, known);
        Assert.False(_names.TryFind(new InodeNumber(2), Name(0), out _));
        _names.Forget(directory, Name(0));
        Assert.False(_names.TryFind(directory, Name(0), out _));

        // What is asked for now and then stays, what is not goes, however many there are.
        for (int i = 0; i < 20_000; i++)
        {
            _names.Remember(directory, Name(i), default);
            Assert.True(_names.TryFind(directory, Name(i - (i % 1000)), out known));
            Assert.True(known.IsNothing);
        }

        Assert.False(_names.TryFind(directory, Name(1), out _));
        _names.Forget(directory, Name(19_000));
        Assert.False(_names.TryFind(directory, Name(19_000), out _));
    }

    [Fact]
    public async Task A_name_that_was_looked_up_is_found_again_though_its_directory_was_pushed_out_of_memory()
    {
        var device = new MemoryDevice(512, 4000);
        Mounted mounted = await Mounted.NewAsync(device, new MkfsOptions { NameSeed = 3 }, Mounted.NoAging with { CacheBlocks = 64 });
        InodeNumber large = await mounted.DirectoryAsync("/large");
        InodeNumber file = (await mounted.Files.CreateAsync(large, Name(0))).Value.Inode;
        for (int i = 1; i < 2000; i++)
            Assert.Equal(Errno.OK, (await mounted.Files.LinkAsync(file, large, Name(i))).Error);
        await mounted.SyncAsync();
        for (int round = 0; round < 2; round++)
        {
            device.Reads.Clear();
            for (int i = 0; i < 2000; i += 10)
            {
                Assert.Equal(file, (await mounted.Files.LookupAsync(large, Name(i))).Value.Inode);
                Assert.Equal(Errno.ENOENT, (await mounted.Files.LookupAsync(large, Name(-i - 1))).Error);
            }

            Assert.InRange(device.Reads.Count, round == 0 ? 50 : 0, round == 0 ? 1000 : 2);
        }
    }

    [Theory]
    [InlineData(RenameMode.Replace)]
    [InlineData(RenameMode.Exchange)]
    public async Task A_name_leads_where_its_entry_leads_whatever_it_led_to_when_it_was_looked_up(RenameMode mode)
    {
        Mounted mounted = await Mounted.TinyAsync();
        InodeNumber root = mounted.Files.Root;
        await mounted.FileAsync("/a");
        await mounted.FileAsync("/b");
        InodeNumber a = await LookUpAsync("a");
        InodeNumber b = await LookUpAsync("b");
        Assert.Equal(InodeNumber.None, await LookUpAsync("c"));

        Assert.Equal(Errno.OK, await mounted.Files.RenameAsync(root, new FileName("a"), root, new FileName("b"), mode));
        Assert.Equal(a, await LookUpAsync("b"));
        Assert.Equal(mode == RenameMode.Exchange ? b : InodeNumber.None, await LookUpAsync("a"));
        Assert.Equal(Errno.OK, (await mounted.Files.LinkAsync(a, root, new FileName("c"))).Error);
        Assert.Equal(a, await LookUpAsync("c"));
        Assert.Equal(Errno.OK, await mounted.Files.UnlinkAsync(root, new FileName("c")));
        Assert.Equal(InodeNumber.None, await LookUpAsync("c"));

        async Task<InodeNumber> LookUpAsync(string name) =>
            await mounted.Files.LookupAsync(root, new FileName(name)) is { IsOk: true, Value.Inode: var found } ? found : InodeNumber.None;
    }

    private static FileName Name(int number) => new($"a-name-that-is-rather-long-{number}");
}
