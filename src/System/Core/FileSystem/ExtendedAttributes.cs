using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>What a new value of an extended attribute may meet: the flags of <c>setxattr(2)</c>.</summary>
public enum AttributeMode
{
    /// <summary>It is set, whether it is there or not.</summary>
    Set = 0,

    /// <summary>It must not be there.</summary>
    Create,

    /// <summary>It must be there.</summary>
    Replace,
}

/// <summary>The extended attributes of inodes: all those of one are in one block. Errors as in <see cref="IFileSystem"/>.</summary>
internal sealed class ExtendedAttributes(Volume volume, Committer committer)
{
    public async ValueTask<Result<byte[]>> GetAsync(InodeNumber number, ReadOnlyMemory<byte> name)
    {
        Result<SortedList<byte[], byte[]>> all = await ReadAsync(number);
        if (!all.IsOk)
            return all.Error;
        return all.Value.TryGetValue(name.ToArray(), out byte[]? value) ? value : Errno.ENODATA;
    }

    public async ValueTask<Result<IReadOnlyList<byte[]>>> ListAsync(InodeNumber number)
    {
        Result<SortedList<byte[], byte[]>> all = await ReadAsync(number);
        return all.IsOk ? all.Value.Keys.ToArray() : all.Error;
    }

    public async ValueTask<Errno> SetAsync(
        InodeNumber number, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode)
    {
        Result<Inode> inode = await volume.Inodes.GetAsync(number);
        if (!inode.IsOk)
            return inode.Error;
        if (name.Length is 0 or > OnDiskFormat.AttributeNameLimit)
            return Errno.ERANGE;
        if (value.Length > OnDiskFormat.AttributeValueLimit)
            return Errno.E2BIG;
        if (committer.Protection != Errno.OK)
            return committer.Protection;
        Result<SortedList<byte[], byte[]>> read = await ReadAsync(inode.Value);
        if (!read.IsOk)
            return read.Error;

        SortedList<byte[], byte[]> all = read.Value;
        byte[] key = name.ToArray();
        if (all.ContainsKey(key) ? mode == AttributeMode.Create : mode == AttributeMode.Replace)
            return mode == AttributeMode.Create ? Errno.EEXIST : Errno.ENODATA;
        all[key] = value.ToArray();
        return AttributeBlock.Size(all) > volume.Layout.BlockSize ? Errno.ENOSPC : await WriteAsync(inode.Value, all);
    }

    public async ValueTask<Errno> RemoveAsync(InodeNumber number, ReadOnlyMemory<byte> name)
    {
        Result<Inode> inode = await volume.Inodes.GetAsync(number);
        if (!inode.IsOk)
            return inode.Error;
        if (committer.Protection != Errno.OK)
            return committer.Protection;
        Result<SortedList<byte[], byte[]>> all = await ReadAsync(inode.Value);
        if (!all.IsOk)
            return all.Error;
        return all.Value.Remove(name.ToArray()) ? await WriteAsync(inode.Value, all.Value) : Errno.ENODATA;
    }

    private async ValueTask<Result<SortedList<byte[], byte[]>>> ReadAsync(InodeNumber number)
    {
        Result<Inode> inode = await volume.Inodes.GetAsync(number);
        return inode.IsOk ? await ReadAsync(inode.Value) : inode.Error;
    }

    private async ValueTask<Result<SortedList<byte[], byte[]>>> ReadAsync(Inode inode)
    {
        if (inode.AttributeBlock == 0)
            return AttributeBlock.Empty();
        Result<CachedBlock> block = await volume.Map.GetSingleAsync(inode.AttributeBlock);
        if (!block.IsOk)
            return block.Error;
        return AttributeBlock.TryRead(block.Value.Bytes) is { } all ? all : Errno.EUCLEAN;
    }

    /// <summary>Keeps attributes that fit a block: ENOSPC, if there is none for the first of them, EUCLEAN.</summary>
    private async ValueTask<Errno> WriteAsync(Inode inode, SortedList<byte[], byte[]> all)
    {
        inode.NoteChanged(volume.Now);
        if (all.Count == 0)
            return volume.FreeAttributes(inode);
        Result<CachedBlock> block = inode.AttributeBlock == 0
            ? volume.Map.TakeSingle(inode)
            : await volume.Map.GetSingleAsync(inode.AttributeBlock);
        if (!block.IsOk)
            return block.Error;
        inode.AttributeBlock = block.Value.Address;
        AttributeBlock.Write(block.Value.Change(), all);
        return Errno.OK;
    }
}

/// <summary>The bytes of a block of extended attributes: see <see cref="OnDiskFormat"/>.</summary>
internal static class AttributeBlock
{
    /// <summary>Bytes of a record before its name.</summary>
    private const int Header = 3;

    private static readonly Comparer<byte[]> ByBytes =
        Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other));

    public static SortedList<byte[], byte[]> Empty() => new(ByBytes);

    /// <summary>Bytes that these take.</summary>
    public static int Size(SortedList<byte[], byte[]> all) => all.Sum(static pair => Header + pair.Key.Length + pair.Value.Length);

    /// <summary>What a block holds; null if it contradicts the format.</summary>
    public static SortedList<byte[], byte[]>? TryRead(ReadOnlySpan<byte> block)
    {
        SortedList<byte[], byte[]> all = ReadSoundPart(block, out int end);
        return all.Count > 0 && !block[end..].ContainsAnyExcept((byte)0) ? all : null;
    }

    /// <summary>What a block holds before anything in it that contradicts the format.</summary>
    /// <param name="block">Any bytes.</param>
    /// <param name="at">Where that ends.</param>
    public static SortedList<byte[], byte[]> ReadSoundPart(ReadOnlySpan<byte> block, out int at)
    {
        SortedList<byte[], byte[]> all = Empty();
        ReadOnlySpan<byte> previous = default;
        at = 0;
        while (at + Header <= block.Length && block[at] != 0)
        {
            int nameLength = block[at];
            int valueLength = block[at + 1] | (block[at + 2] << 8);
            int end = at + Header + nameLength + valueLength;
            if (end > block.Length)
                break;
            ReadOnlySpan<byte> name = block.Slice(at + Header, nameLength);
            if (name.Contains((byte)0) || (all.Count > 0 && previous.SequenceCompareTo(name) >= 0))
                break;
            all.Add(name.ToArray(), block[(at + Header + nameLength)..end].ToArray());
            previous = name;
            at = end;
        }

        return all;
    }

    /// <summary>Writes all of a block, which holds them.</summary>
    public static void Write(Span<byte> block, SortedList<byte[], byte[]> all)
    {
        int at = 0;
        foreach ((byte[] name, byte[] value) in all)
        {
            block[at] = (byte)name.Length;
            block[at + 1] = (byte)value.Length;
            block[at + 2] = (byte)(value.Length >> 8);
            name.CopyTo(block[(at + Header)..]);
            value.CopyTo(block[(at + Header + name.Length)..]);
            at += Header + name.Length + value.Length;
        }

        block[at..].Clear();
    }
}
