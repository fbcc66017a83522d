using Raid5Fs.Fuse;
using Raid5Fs.Primitives;
using Raid5Verify.Mount;

namespace Raid5Fs.Tests.Fuse;

/// <summary>What the kernel knows or has open lives on; what it has forgotten is gone.</summary>
public sealed class FuseForgetTests
{
    [Fact]
    public async Task What_is_unlinked_lives_as_long_as_the_kernel_knows_it()
    {
        FuseMount mount = await FuseMount.NewAsync();
        long free = await mount.FreeInodesAsync();
        FuseCreateReply made = await mount.CreateAsync("a");
        ulong node = made.Entry.Node;
        await mount.WriteAsync(node, 0, "still here");
        await mount.ReleaseAsync(node, made.Open.Handle);
        await mount.LookupAsync("a");

        Assert.Equal(Errno.OK, await mount.UnlinkAsync("a"));
        await mount.ForgetAsync(node, 1);
        Assert.Equal("still here", await mount.ReadAsync(node));
        Assert.Equal(free - 1, await mount.FreeInodesAsync());

        await mount.ForgetAsync(node, 1);
        Assert.Equal(Errno.ESTALE, (await mount.StatAsync(node)).Error);
        Assert.Equal(free, await mount.FreeInodesAsync());
        await mount.Mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task What_is_open_lives_though_it_is_forgotten()
    {
        FuseMount mount = await FuseMount.NewAsync();
        FuseCreateReply made = await mount.CreateAsync("a");
        ulong node = made.Entry.Node;
        await mount.UnlinkAsync("a");

        await mount.ForgetAsync(node, 1);
        Assert.True((await mount.StatAsync(node)).IsOk);

        Assert.Equal(Errno.OK, await mount.ReleaseAsync(node, made.Open.Handle));
        Assert.Equal(Errno.ESTALE, (await mount.StatAsync(node)).Error);
        Assert.Equal(0, mount.Dispatcher.KnownInodes);
    }

    [Fact]
    public async Task A_number_that_the_kernel_knows_never_means_another_inode()
    {
        FuseMount mount = await FuseMount.NewAsync();
        FuseCreateReply old = await mount.CreateAsync("old");
        await mount.UnlinkAsync("old");
        long free = await mount.FreeInodesAsync();

        var made = new HashSet<ulong>();
        for (long i = 0; i < free; i++)
            made.Add((await mount.CreateAsync($"{i}")).Entry.Node);

        Assert.DoesNotContain(old.Entry.Node, made);
        await mount.ForgetAsync(old.Entry.Node, 1);
        await mount.ReleaseAsync(old.Entry.Node, old.Open.Handle);
        FuseEntry reused = (await mount.CreateAsync("new")).Entry;
        Assert.Equal(old.Entry.Node, reused.Node);
        Assert.NotEqual(old.Entry.Generation, reused.Generation);
    }

    [Fact]
    public async Task Many_are_forgotten_at_once()
    {
        FuseMount mount = await FuseMount.NewAsync();
        var batch = new List<byte>();
        for (int i = 0; i < 5; i++)
        {
            FuseCreateReply made = await mount.CreateAsync($"{i}");
            await mount.ReleaseAsync(made.Entry.Node, made.Open.Handle);
            batch.AddRange(FuseKernel.Body(new FuseForgotten(made.Entry.Node, 1)));
        }

        Assert.Equal(5, mount.Dispatcher.KnownInodes);
        await mount.Kernel.TellAsync(
            FuseOpcode.BatchForget, 0, FuseKernel.Body(new FuseBatchForgetRequest(5, 0), [.. batch]));
        Assert.Equal(0, mount.Dispatcher.KnownInodes);
    }

    [Fact]
    public async Task A_batch_that_promises_more_than_it_holds_is_taken_as_far_as_it_goes()
    {
        FuseMount mount = await FuseMount.NewAsync();
        FuseCreateReply made = await mount.CreateAsync("a");
        await mount.ReleaseAsync(made.Entry.Node, made.Open.Handle);

        await mount.Kernel.TellAsync(
            FuseOpcode.BatchForget,
            0,
            FuseKernel.Body(
                new FuseBatchForgetRequest(uint.MaxValue, 0), FuseKernel.Body(new FuseForgotten(made.Entry.Node, ulong.MaxValue))));

        Assert.Equal(0, mount.Dispatcher.KnownInodes);
    }

    [Fact]
    public async Task What_is_not_known_cannot_be_forgotten_and_what_is_not_open_cannot_be_closed()
    {
        FuseMount mount = await FuseMount.NewAsync();
        FuseCreateReply made = await mount.CreateAsync("a");

        await mount.ForgetAsync(77, 1);
        await mount.ForgetAsync(FuseMount.Root, 100);
        Assert.Equal(Errno.OK, await mount.ReleaseAsync(made.Entry.Node, made.Open.Handle));
        Assert.Equal(Errno.EBADF, await mount.ReleaseAsync(made.Entry.Node, made.Open.Handle));

        Assert.True((await mount.StatAsync(FuseMount.Root)).IsOk);
    }

    [Fact]
    public async Task Two_that_are_led_to_one_inode_at_once_both_count()
    {
        FuseMount mount = await FuseMount.NewAsync();
        await mount.Mounted.FileAsync("/a");

        FuseEntry[] found = await Task.WhenAll(mount.LookupAsync("a"), mount.LookupAsync("a"));
        await mount.UnlinkAsync("a");

        await mount.ForgetAsync(found[0].Node, 1);
        Assert.True((await mount.StatAsync(found[0].Node)).IsOk);
        await mount.ForgetAsync(found[0].Node, 1);
        Assert.Equal(Errno.ESTALE, (await mount.StatAsync(found[0].Node)).Error);
    }

    [Fact]
    public async Task A_kernel_that_ends_has_forgotten_and_closed_all()
    {
        FuseMount mount = await FuseMount.NewAsync();
        await mount.CreateAsync("a");
        await mount.UnlinkAsync("a");
        long free = await mount.FreeInodesAsync();

        Assert.Equal(Errno.OK, (await mount.Kernel.AskAsync(FuseOpcode.Destroy, 0, [])).Error);

        Assert.Equal(free + 1, await mount.FreeInodesAsync());
        Assert.Equal(Errno.OK, await mount.Mounted.Files.UnmountAsync());
    }
}
