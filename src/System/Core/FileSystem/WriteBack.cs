using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Writes blocks in runs: consecutive blocks in one write, so that the array below can write full stripes.</summary>
internal sealed class WriteBack(IBlockDevice device)
{
    /// <summary>The longest run, in bytes: a stripe of 32 members with chunks of 64 KiB, twice.</summary>
    private const int LongestRun = 4 << 20;

    /// <summary>Runs under way at the same time.</summary>
    private const int Concurrency = 16;

    private readonly List<Task<Errno>> _underWay = [];

    /// <summary>
    /// Writes all of <paramref name="blocks"/>, which ascend by address and stay unchanged meanwhile. On an error the
    /// writes already under way are awaited and the rest is not begun.
    /// </summary>
    public async ValueTask<Errno> WriteAsync(IReadOnlyList<CachedBlock> blocks)
    {
        int next = 0;
        while (next < blocks.Count)
        {
            while (next < blocks.Count && _underWay.Count < Concurrency)
            {
                int length = RunLength(blocks, next);
                _underWay.Add(device.WriteAsync(new BlockAddress(blocks[next].Address), Gather(blocks, next, length)));
                next += length;
            }

            Errno worst = Errno.OK;
            foreach (Task<Errno> write in _underWay)
            {
                Errno error = await write;
                worst = worst == Errno.OK ? error : worst;
            }

            _underWay.Clear();
            if (worst != Errno.OK)
                return worst;
        }

        return Errno.OK;
    }

    private int RunLength(IReadOnlyList<CachedBlock> blocks, int first)
    {
        int most = Math.Min(blocks.Count - first, Math.Max(1, LongestRun / device.BlockSize));
        int length = 1;
        while (length < most && blocks[first + length].Address == blocks[first].Address + (uint)length)
            length++;
        return length;
    }

    private ReadOnlyMemory<byte> Gather(IReadOnlyList<CachedBlock> blocks, int first, int length)
    {
        if (length == 1)
            return blocks[first].Memory;
        byte[] run = new byte[length * device.BlockSize];
        for (int i = 0; i < length; i++)
            blocks[first + i].Bytes.CopyTo(run.AsSpan(i * device.BlockSize));
        return run;
    }
}
