using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <content>The entries of directories, as many as fit the answer at a time.</content>
public sealed partial class FuseDispatcher
{
    /// <summary>Bytes to which an entry is filled up.</summary>
    private const int EntryAlignment = sizeof(ulong);

    private static int SizeOf(FileName name, int before)
    {
        int size = before + Unsafe.SizeOf<FuseDirectoryEntry>() + name.Length;
        return (size + EntryAlignment - 1) & -EntryAlignment;
    }

    /// <summary>Writes an entry at the beginning of a buffer.</summary>
    private static void Write(Span<byte> to, DirectoryEntry entry)
    {
        int nameAt = Unsafe.SizeOf<FuseDirectoryEntry>();
        MemoryMarshal.Write(to, new FuseDirectoryEntry(
            entry.Inode.Value, (ulong)entry.Position.Value, (uint)entry.Name.Length, FuseAttributeFormat.EncodeType(entry.Type)));
        entry.Name.Bytes.CopyTo(to[nameAt..]);
        to[(nameAt + entry.Name.Length)..].Clear();
    }

    /// <summary>How many of these entries fit: of those that share a place, all or none.</summary>
    private static int CountFitting(IReadOnlyList<DirectoryEntry> entries, int room, int before)
    {
        int count = 0;
        int used = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            used += SizeOf(entries[i].Name, before);
            if (used > room)
                return count;
            if (i + 1 == entries.Count || entries[i + 1].Position != entries[i].Position)
                count = i + 1;
        }

        return count;
    }

    private async ValueTask<int> OpenDirectoryAsync(FuseRequest request, FuseReply reply)
    {
        Result<ulong> handle = await _nodes.OpenAsync(InodeOf(request));
        return handle.IsOk
            ? reply.Answer(new FuseOpenReply(handle.Value, FuseOpenReplyFlags.KeepCache | FuseOpenReplyFlags.CacheDirectory, 0))
            : reply.Done(handle.Error);
    }

    private async ValueTask<int> ReadDirectoryAsync(FuseRequest request, FuseReply reply)
    {
        (IReadOnlyList<DirectoryEntry> entries, Errno error) = await ListAsync(request, before: 0);
        int used = 0;
        foreach (DirectoryEntry entry in entries)
        {
            int size = SizeOf(entry.Name, before: 0);
            Write(reply.Data.Span.Slice(used, size), entry);
            used += size;
        }

        return error == Errno.OK ? reply.AnswerData(used) : reply.Done(error);
    }

    /// <summary>Each entry with what it leads to, which is thereby looked up once; but for <c>.</c> and <c>..</c>.</summary>
    private async ValueTask<int> ReadDirectoryPlusAsync(FuseRequest request, FuseReply reply)
    {
        int before = Unsafe.SizeOf<FuseEntry>();
        (IReadOnlyList<DirectoryEntry> entries, Errno error) = await ListAsync(request, before);
        int used = 0;
        foreach (DirectoryEntry entry in entries)
        {
            int size = SizeOf(entry.Name, before);
            FuseEntry found = entry.Name.IsDot || entry.Name.IsDotDot ? default : await LookUpListedAsync(entry);
            Span<byte> to = reply.Data.Span.Slice(used, size);
            MemoryMarshal.Write(to, in found);
            Write(to[before..], entry);
            used += size;
        }

        return error == Errno.OK ? reply.AnswerData(used) : reply.Done(error);
    }

    /// <summary>What an entry leads to; if that cannot be told, the kernel asks for it when it needs it.</summary>
    private async ValueTask<FuseEntry> LookUpListedAsync(DirectoryEntry entry)
    {
        if (await _nodes.LearnAsync(entry.Inode) != Errno.OK)
            return default;
        Result<InodeAttributes> found = await _files.GetAttributesAsync(entry.Inode);
        if (found is { IsOk: true } && found.Value.Type == entry.Type)
            return EntryFor(found.Value);
        await _nodes.ForgetAsync(entry.Inode, 1);
        return default;
    }

    /// <summary>The next entries, as many as the answer has room for; none are left if there are none. EINVAL: not one fits.</summary>
    /// <param name="request">Of <see cref="FuseReadRequest"/>.</param>
    /// <param name="before">Bytes that come before each.</param>
    private async ValueTask<(IReadOnlyList<DirectoryEntry> Entries, Errno Error)> ListAsync(FuseRequest request, int before)
    {
        if (!request.TryRead(out FuseReadRequest read) || read.Offset > long.MaxValue)
            return ([], Errno.EINVAL);
        int room = (int)Math.Min(read.Size, (uint)_options.MaxTransfer);
        int shortest = SizeOf(new FileName("n"u8), before);
        Result<IReadOnlyList<DirectoryEntry>> listed = await _files.ReadDirectoryAsync(
            InodeOf(request), new EntryPosition((long)read.Offset), Math.Max(1, room / shortest));
        if (!listed.IsOk)
            return ([], listed.Error);
        int fitting = CountFitting(listed.Value, room, before);
        return fitting > 0 || listed.Value.Count == 0
            ? ([.. listed.Value.Take(fitting)], Errno.OK)
            : ([], Errno.EINVAL);
    }
}
