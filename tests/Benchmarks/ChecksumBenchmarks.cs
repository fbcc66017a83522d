using BenchmarkDotNet.Attributes;
using Raid5Fs.Primitives;

namespace Raid5Fs.Benchmarks;

/// <summary>The checksum of one block that is in the cache: taken for every block written, compared for every one read.</summary>
[ReadsBlocks(1)]
public class ChecksumBenchmarks
{
    private byte[] _block = [];
    private byte[] _copy = [];

    /// <summary>In bytes.</summary>
    [Params(4 << 10)]
    public int BlockSize { get; set; }

    [GlobalSetup]
    public void AllocateBlocks()
    {
        _block = RandomBlock.Of(BlockSize, seed: 1);
        _copy = new byte[BlockSize];
    }

    [Benchmark(Description = "Checksum.Of")]
    public ulong OfBlock() => Checksum.Of(_block).Value;

    /// <summary>The bandwidth of the same memory.</summary>
    [Benchmark(Baseline = true, Description = "copy")]
    public void Copy() => _block.CopyTo(_copy, 0);
}
