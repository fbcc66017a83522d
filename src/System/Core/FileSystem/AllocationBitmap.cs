using System.Numerics;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Which inodes or blocks are in use. Its blocks are pinned in the cache, so taking and freeing never waits, and the
/// cache's undo covers the bits; <see cref="Accept"/> and <see cref="Rollback"/> cover the rest.
/// </summary>
/// <remarks>Counts bits from 0, as the format does.</remarks>
internal sealed class AllocationBitmap
{
    private readonly CachedBlock[] _blocks;
    private readonly int _bitsPerBlock;
    private readonly List<uint> _freed = [];
    private long _acceptedFree;
    private uint _acceptedCursor;
    private uint _cursor;

    private AllocationBitmap(CachedBlock[] blocks, uint count)
    {
        _blocks = blocks;
        _bitsPerBlock = blocks[0].Bytes.Length * 8;
        Count = count;
        long used = 0;
        foreach (CachedBlock block in blocks)
        {
            foreach (byte bits in block.Bytes)
                used += BitOperations.PopCount(bits);
        }

        Free = (_bitsPerBlock * (long)blocks.Length) - used;
        _acceptedFree = Free;
    }

    /// <summary>Inodes or blocks that it stands for.</summary>
    public uint Count { get; }

    public long Free { get; private set; }

    /// <summary>The bits freed in this step, in order.</summary>
    public IReadOnlyList<uint> FreedInStep => _freed;

    /// <summary>
    /// Reads a bitmap of <paramref name="count"/> bits: EIO; EUCLEAN if a bit past the last one is clear.
    /// </summary>
    public static async ValueTask<Result<AllocationBitmap>> LoadAsync(
        BufferCache cache, uint firstBlock, uint blockCount, uint count)
    {
        const int blocksPerRead = 256;
        var blocks = new CachedBlock[blockCount];
        for (uint i = 0; i < blockCount; i++)
        {
            if (i % blocksPerRead == 0)
            {
                uint first = firstBlock + i;
                int run = (int)Math.Min(blocksPerRead, blockCount - i);
                await cache.LoadAsync([.. Enumerable.Range(0, run).Select(next => first + (uint)next)]);
            }

            Result<CachedBlock> block = await cache.PinAsync(firstBlock + i);
            if (!block.IsOk)
                return block.Error;
            blocks[i] = block.Value;
        }

        var bitmap = new AllocationBitmap(blocks, count);
        return bitmap.FindClear(count, (long)bitmap._bitsPerBlock * blockCount) < 0 ? bitmap : Errno.EUCLEAN;
    }

    public bool IsTaken(uint bit) => IsSet(bit);

    /// <summary>Takes the first free one after the one taken last, around the end: what was just freed rests longest.</summary>
    public bool TryTakeNext(out uint bit) => TryTakeFrom(_cursor, out bit);

    /// <summary>Takes the first free one from <paramref name="near"/> on, around the end. False if none is free.</summary>
    public bool TryTakeFrom(uint near, out uint bit)
    {
        bit = 0;
        if (Free == 0)
            return false;
        near = near < Count ? near : 0;
        long found = FindClear(near, Count);
        if (found < 0)
            found = FindClear(0, near);
        Invariant.Require(found >= 0, "a free bit is counted, so there is one");

        bit = (uint)found;
        Take(bit);
        _cursor = bit + 1 == Count ? 0 : bit + 1;
        return true;
    }

    /// <summary>Takes one that is free.</summary>
    public void Take(uint bit)
    {
        Invariant.Require(!IsSet(bit), "what is taken was free");
        _blocks[bit / _bitsPerBlock].Change()[(int)(bit % _bitsPerBlock / 8)] |= Mask(bit);
        Free--;
    }

    /// <summary>Frees one that is taken.</summary>
    public void Release(uint bit)
    {
        Invariant.Require(IsSet(bit), "what is freed was taken");
        _blocks[bit / _bitsPerBlock].Change()[(int)(bit % _bitsPerBlock / 8)] &= (byte)~Mask(bit);
        Free++;
        _freed.Add(bit);
    }

    public void Accept()
    {
        _acceptedFree = Free;
        _acceptedCursor = _cursor;
        _freed.Clear();
    }

    public void Rollback()
    {
        Free = _acceptedFree;
        _cursor = _acceptedCursor;
        _freed.Clear();
    }

    private static byte Mask(long bit) => (byte)(1 << (int)(bit % 8));

    private bool IsSet(long bit) =>
        (_blocks[bit / _bitsPerBlock].Bytes[(int)(bit % _bitsPerBlock / 8)] & Mask(bit)) != 0;

    /// <summary>The first clear bit in [from, to), or −1.</summary>
    private long FindClear(long from, long to)
    {
        long bit = from;
        while (bit < to)
        {
            ReadOnlySpan<byte> bytes = _blocks[bit / _bitsPerBlock].Bytes;
            int inBlock = (int)(bit % _bitsPerBlock);
            int start = inBlock / 8;
            if (inBlock % 8 != 0)
            {
                if (!IsSet(bit))
                    return bit;
                bit++;
                continue;
            }

            int notFull = bytes[start..].IndexOfAnyExcept((byte)0xFF);
            if (notFull < 0)
            {
                bit += _bitsPerBlock - inBlock;
                continue;
            }

            bit += (8L * notFull) + BitOperations.TrailingZeroCount(~bytes[start + notFull]);
            return bit < to ? bit : -1;
        }

        return -1;
    }
}
