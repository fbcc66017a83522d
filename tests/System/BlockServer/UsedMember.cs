using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>A member that has been in use for a while, and its files behind its back.</summary>
internal static class UsedMember
{
    public const int Sector = 512;

    /// <summary>
    /// A member with a checkpoint of 70 rows and a sealed epoch of 30; and a log behind it: that one is committed, another
    /// one sealed and committed, a third sealed. Row r holds the version 3000 + r, the first ten hold 4000 + r.
    /// </summary>
    public static void Tell(Func<OnOneServer, OneMember, Task> story) => OnOneServer.Tell(async server =>
    {
        OneMember member = await FormatAsync(new SimulatedProcess(server));
        await member.OwnAsync(1);
        await member.WriteRangeAsync(E(1), 0, Rows, plus: 1000);
        await member.PrepareAsync(E(1));
        await member.WriteRangeAsync(E(2), 0, 30, plus: 2000);
        await member.PrepareAsync(E(2));
        await member.ForceCheckpointAsync();
        await member.CommitAsync(E(2));
        await member.WriteRangeAsync(E(3), 0, Rows, plus: 3000);
        await member.PrepareAsync(E(3));
        await member.CommitAsync(E(3));
        await member.WriteRangeAsync(E(4), 0, 10, plus: 4000);
        await member.PrepareAsync(E(4));
        await story(server, member);
    });

    /// <summary>Starts the member over what is on the disk now.</summary>
    public static async Task ExpectAsync(OnOneServer server, OneMember member, StoreFault expected)
    {
        server.Crash();
        Assert.Equal(expected, await member.TryStartAsync());
    }

    public static async Task<byte[]> ReadAsync(OneMember member, string name, long offset)
    {
        IDiskFile file = (await member.Disk.OpenAsync(name, DiskOpenMode.Open)).Value;
        byte[] sector = new byte[Sector];
        Assert.Equal(Errno.OK, await file.ReadAsync(offset, sector));
        return sector;
    }

    public static async Task WriteAsync(OneMember member, string name, long offset, byte[] bytes)
    {
        IDiskFile file = (await member.Disk.OpenAsync(name, DiskOpenMode.Open)).Value;
        Assert.Equal(Errno.OK, await file.WriteAsync(offset, bytes));
        Assert.Equal(Errno.OK, await file.FlushAsync());
    }

    public static async Task TruncateAsync(OneMember member, string name, long length)
    {
        IDiskFile file = (await member.Disk.OpenAsync(name, DiskOpenMode.Open)).Value;
        Assert.Equal(Errno.OK, await file.TruncateAsync(length));
        Assert.Equal(Errno.OK, await file.FlushAsync());
    }

    public static async Task DeleteAsync(OneMember member, string name)
    {
        Assert.Equal(Errno.OK, await member.Disk.DeleteAsync(name));
        Assert.Equal(Errno.OK, await member.Disk.FlushFolderAsync());
    }
}
