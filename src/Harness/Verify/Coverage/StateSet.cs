using System.Numerics;

namespace Raid5Verify.Coverage;

/// <summary>The states that a run was in. Its size does not depend on how many they are.</summary>
/// <remarks>Filled by one run; not thread-safe before that has ended.</remarks>
public sealed class StateSet
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[(StateSpace.Size + WordBits - 1) / WordBits];

    public int Count { get; private set; }

    /// <summary>All of them, in one order.</summary>
    public IEnumerable<ReachedState> States => Numbers.Select(StateSpace.At);

    /// <summary>Their numbers, ascending.</summary>
    internal IEnumerable<int> Numbers
    {
        get
        {
            for (int place = 0; place < _words.Length; place++)
            {
                for (ulong left = _words[place]; left != 0; left &= left - 1)
                {
                    yield return (place * WordBits) + BitOperations.TrailingZeroCount(left);
                }
            }
        }
    }

    /// <param name="number">Of the state, by the <see cref="StateSpace"/>. Again does nothing.</param>
    internal void Add(int number)
    {
        ref ulong word = ref _words[number / WordBits];
        ulong bit = 1UL << (number % WordBits);
        Count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
    }
}
