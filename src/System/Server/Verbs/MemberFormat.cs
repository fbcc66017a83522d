using System.Security.Cryptography;
using Raid5Fs.BlockServer;
using Raid5Fs.Execution;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Settings;

namespace Raid5Fs.Server.Verbs;

/// <summary>What the settings say of a member's place and shape, and a folder made into that member.</summary>
internal static class MemberFormat
{
    /// <summary>The member that the settings describe; the array's name is drawn if they do not say it.</summary>
    /// <returns>What is missing or impossible, in one line; null if nothing is.</returns>
    public static string? Describe(SettingValues values, out MemberGeometry? geometry)
    {
        geometry = null;
        Setting[] needed = [KnownSettings.Member, KnownSettings.Servers, KnownSettings.Rows];
        if (needed.FirstOrDefault(setting => !values.Has(setting)) is { } missing)
        {
            return $"{missing.Option.Name} is needed to format a member";
        }

        int member = values.Get(KnownSettings.Member, 0);
        int servers = values.Get(KnownSettings.Servers, 0);
        long rows = values.Get(KnownSettings.Rows, 0);
        int blockSize = values.Get(KnownSettings.BlockSize, KnownSettings.DefaultBlockSize);
        int chunk = values.Get(KnownSettings.Chunk, KnownSettings.DefaultChunkBlocks);
        if (MemberGeometry.Fault(member, servers, blockSize, chunk, rows) is { } impossible)
        {
            return impossible;
        }

        geometry = new MemberGeometry(
            values.Has(KnownSettings.Array) ? values.Get(KnownSettings.Array, default) : Draw(),
            new MemberIndex(member),
            servers,
            blockSize,
            chunk,
            rows);
        return null;
    }

    /// <summary>Where a member is not the one that the settings speak of; null if they are of it, or say nothing.</summary>
    public static string? Difference(SettingValues values, MemberGeometry found) =>
        Differs(values, KnownSettings.Array, found.ArrayId)
        ?? Differs(values, KnownSettings.Member, found.Member.Value)
        ?? Differs(values, KnownSettings.Servers, found.Members)
        ?? Differs(values, KnownSettings.Rows, found.Rows)
        ?? Differs(values, KnownSettings.BlockSize, found.BlockSize)
        ?? Differs(values, KnownSettings.Chunk, found.ChunkBlocks);

    /// <inheritdoc cref="MemberStore.FormatAsync"/>
    public static async Task<Errno> RunAsync(FileDisk folder, MemberGeometry geometry)
    {
        await using var executor = new SerialExecutor("format");
        return await executor.RunAsync(() => MemberStore.FormatAsync(folder, geometry));
    }

    /// <inheritdoc cref="MemberStore.InspectAsync"/>
    public static async Task<FolderInspection> InspectAsync(FileDisk folder)
    {
        await using var executor = new SerialExecutor("inspection");
        return await executor.RunAsync(() => MemberStore.InspectAsync(folder));
    }

    /// <summary>Why a folder cannot be opened at all, for a person.</summary>
    public static string Describe(Errno error) => error switch
    {
        Errno.ENOENT => "there is no such folder",
        Errno.ENOTDIR => "it is not a folder",
        Errno.EPERM => "this user may not use it",
        Errno.EROFS => "its file system is read-only",
        Errno.ENOSPC => "its file system is full",
        Errno.EBUSY => "another server holds the folder",
        Errno.EEXIST => "the folder holds a member already, or files that are not a member's",
        _ => "the disk failed",
    };

    private static string? Differs<T>(SettingValues values, Setting<T> setting, T found)
    {
        T wanted = values.Get(setting, found);
        return EqualityComparer<T>.Default.Equals(wanted, found)
            ? null
            : $"{values.SourceOf(setting)} says {wanted}, but the folder is {found}'s";
    }

    private static ArrayId Draw()
    {
        Span<byte> drawn = stackalloc byte[ArrayId.Size];
        RandomNumberGenerator.Fill(drawn);
        return ArrayId.Read(drawn);
    }
}
