using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Raid5Verify.Simulation;

/// <summary>A text that many events carry, hashed once, in a way that is the same in every process.</summary>
public sealed class Label(string text)
{
    public string Text { get; } = text;

    internal ulong Hash { get; } = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    public override string ToString() => Text;
}
