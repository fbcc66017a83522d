using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Raid5Fs.Raid;

namespace Raid5Fs.Benchmarks;

/// <summary>The parity of a row of five: four blocks of data XORed into one, all of them in the cache.</summary>
[ReadsBlocks(SourceCount)]
public class XorBenchmarks
{
    private const int SourceCount = 4;

    private byte[] _sum = [];
    private byte[][] _sources = [];
    private ReadOnlyMemory<byte>[] _units = [];

    /// <summary>In bytes.</summary>
    [Params(4 << 10, 64 << 10)]
    public int BlockSize { get; set; }

    [GlobalSetup]
    public void AllocateBlocks()
    {
        _sum = new byte[BlockSize];
        _sources = [.. Enumerable.Range(0, SourceCount).Select(seed => RandomBlock.Of(BlockSize, seed))];
        _units = [.. _sources.Select(source => new ReadOnlyMemory<byte>(source))];
    }

    /// <summary>Core's kernel: one pass.</summary>
    [Benchmark(Description = "Parity.Xor")]
    public void Kernel() => Parity.Xor(_sum, _units);

    /// <summary>The best that System.Numerics.Tensors offers.</summary>
    [Benchmark(Baseline = true, Description = "TensorPrimitives.Xor chained")]
    public void Chained()
    {
        TensorPrimitives.Xor<byte>(_sources[0], _sources[1], _sum);
        TensorPrimitives.Xor<byte>(_sum, _sources[2], _sum);
        TensorPrimitives.Xor<byte>(_sum, _sources[3], _sum);
    }

    /// <summary>The bandwidth of the same memory: as many bytes read, each source copied over the one destination.</summary>
    [Benchmark(Description = "copy each")]
    public void CopyEach()
    {
        foreach (byte[] source in _sources)
        {
            source.CopyTo(_sum, 0);
        }
    }
}
