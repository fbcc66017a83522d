using System.Buffers.Binary;
using System.Security.Cryptography;
using Raid5Fs.BlockServer;
using Raid5Fs.Execution;

namespace Raid5Fs.Server.Serving;

/// <summary>
/// A member with all that it needs to be served: the thread that its Core runs on, its folder, its open store and the service
/// in front of it.
/// </summary>
/// <remarks>The service is called on the executor only.</remarks>
internal sealed class OpenMember : IAsyncDisposable
{
    private readonly FileDisk _folder;

    private OpenMember(SerialExecutor executor, FileDisk folder, MemberStore store)
    {
        _folder = folder;
        Executor = executor;
        Store = store;
        Service = new BlockServerService(store);
    }

    public SerialExecutor Executor { get; }

    public MemberStore Store { get; }

    public BlockServerService Service { get; }

    /// <summary>Takes a member's folder and reads what is on it.</summary>
    /// <param name="folder">The folder; it is this member's from now on.</param>
    /// <param name="disk">The folder as the store sees it.</param>
    /// <returns>The member; null, and the folder closed, if it cannot be served.</returns>
    public static async Task<(OpenMember? Member, StoreFault Fault)> OpenAsync(FileDisk folder, IDisk disk)
    {
        var executor = new SerialExecutor("block server");
        (MemberStore? store, StoreFault fault) = await executor.RunAsync(() => MemberStore.OpenAsync(disk, DrawBootId()));
        if (store is null)
        {
            await executor.DisposeAsync();
            await folder.DisposeAsync();
            return (null, fault);
        }

        return (new OpenMember(executor, folder, store), StoreFault.None);
    }

    /// <summary>Waits for the calls under way; a checkpoint that is being written is given up, as by a crash.</summary>
    public async ValueTask DisposeAsync()
    {
        await Executor.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static ulong DrawBootId()
    {
        Span<byte> drawn = stackalloc byte[sizeof(ulong)];
        ulong id;
        do
        {
            RandomNumberGenerator.Fill(drawn);
            id = BinaryPrimitives.ReadUInt64LittleEndian(drawn);
        }
        while (id == 0);
        return id;
    }
}
