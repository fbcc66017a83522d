using System.Numerics;

namespace Raid5Verify.Simulation;

/// <summary>
/// A source of chance with a name. Two dice of different names are independent, so one more draw at one place
/// (the network, say) leaves the draws of every other place as they were.
/// </summary>
/// <remarks>
/// <para>The generator is xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64: owned, so that no runtime
/// update changes what a seed means. Every draw is one event of the trace and can be overridden by its key, the
/// dice's name and the draw's ordinal (<see cref="DrawOverrides"/>).</para>
/// <para>Not thread-safe: used on the simulation's thread only, which the trace checks.</para>
/// </remarks>
public sealed class Dice : Random
{
    private readonly Trace? _trace;
    private readonly DrawOverrides? _overrides;
    private readonly Label _label;
    private readonly ulong _seed;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private long _ordinal;

    /// <summary>Dice outside any world: draws are not traced.</summary>
    public Dice(ulong seed, string name)
        : this(seed, name, null, null)
    {
    }

    internal Dice(ulong seed, string name, Trace? trace, DrawOverrides? overrides)
    {
        _label = new Label(name);
        _seed = seed;
        _trace = trace;
        _overrides = overrides;
        var state = seed ^ BitOperations.RotateLeft(_label.Hash, 31);
        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>The key of this dice's draws, such as <c>net/client&gt;server-1</c>.</summary>
    public string Name => _label.Text;

    /// <summary>Independent dice, named below these. The same name gives the same dice again, from its beginning.</summary>
    public Dice Fork(string name) => new(_seed, $"{Name}/{name}", _trace, _overrides);

    /// <summary>A draw from 0 to <paramref name="bound"/> − 1, all equally likely.</summary>
    /// <param name="bound">At least 1.</param>
    public ulong Below(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong value;
        if (_overrides is not null && _overrides.TryGet(Name, _ordinal, bound, out var forced))
        {
            if (forced >= bound)
            {
                throw new SimulationException(
                    SimulationFailure.Misuse, $"draw {Name}#{_ordinal} is overridden with {forced}, but lies below {bound}");
            }

            _ = Scramble();
            value = forced;
        }
        else
        {
            // Lemire's multiplication with rejection: exact, and almost never a second round.
            var high = Math.BigMul(Scramble(), bound, out var low);
            if (low < bound)
            {
                var threshold = unchecked(0UL - bound) % bound;
                while (low < threshold)
                {
                    high = Math.BigMul(Scramble(), bound, out low);
                }
            }

            value = high;
        }

        _trace?.Emit(TraceKind.Draw, null, _label, unchecked((long)value), unchecked((long)bound), _ordinal);
        _ordinal++;
        return value;
    }

    /// <summary>True in <paramref name="numerator"/> of <paramref name="denominator"/> cases.</summary>
    public bool Chance(uint numerator, uint denominator) =>
        numerator > 0 && (numerator >= denominator || Below(denominator) < numerator);

    /// <summary>A draw from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        return high == low ? low : low + TimeSpan.FromTicks((long)Below((ulong)(high - low).Ticks + 1));
    }

    public override int Next() => (int)Below(int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue <= 1 ? 0 : (int)Below((ulong)maxValue);
    }

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => (long)Below(long.MaxValue);

    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue <= 1 ? 0 : (long)Below((ulong)maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxValue, minValue);
        var range = unchecked((ulong)(maxValue - minValue));
        return range <= 1 ? minValue : unchecked(minValue + (long)Below(range));
    }

    /// <summary>A double in [0, 1) with 53 bits.</summary>
    public override double NextDouble() => Below(1UL << 53) * (1.0 / (1UL << 53));

    /// <summary>A float in [0, 1) with 24 bits.</summary>
    public override float NextSingle() => Below(1UL << 24) * (1.0f / (1UL << 24));

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length >= 7)
        {
            var bits = Below(1UL << 56);
            for (var i = 0; i < 7; i++)
            {
                buffer[i] = (byte)(bits >> (8 * i));
            }

            buffer = buffer[7..];
        }

        for (var i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)Below(256);
        }
    }

    protected override double Sample() => NextDouble();

    private static ulong SplitMix64(ref ulong state)
    {
        var z = unchecked(state += 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }

    private ulong Scramble()
    {
        var result = unchecked(BitOperations.RotateLeft(_s1 * 5, 7) * 9);
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }
}
