using System.Numerics;
using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>Which slots are free. In memory only: what the table and the sealed epoch use is not, all else is.</summary>
/// <remarks>Slots are handed out in ascending order from where the last one was, so blocks written together lie together.</remarks>
internal sealed class SlotSpace
{
    private const int WordBits = 64;

    private readonly ulong[] _free;
    private readonly uint _slots;
    private readonly List<uint> _aside = [];
    private uint _next;

    public SlotSpace(uint slots)
    {
        _slots = slots;
        _free = new ulong[(slots + WordBits - 1) / WordBits];
        for (uint slot = 0; slot < slots; slot++)
        {
            _free[slot / WordBits] |= 1UL << (int)(slot % WordBits);
        }

        Free = slots;
    }

    /// <summary>Slots that are free now, and not put aside.</summary>
    public uint Free { get; private set; }

    /// <summary>Takes a free slot; null if there is none.</summary>
    public uint? Take()
    {
        if (Free == 0)
        {
            _aside.ForEach(Return);
            _aside.Clear();
        }

        if (Free == 0)
        {
            return null;
        }

        uint word = _next / WordBits;
        ulong bits = _free[word] & (ulong.MaxValue << (int)(_next % WordBits));
        while (bits == 0)
        {
            word = (word + 1) % (uint)_free.Length;
            bits = _free[word];
        }

        uint slot = (word * WordBits) + (uint)BitOperations.TrailingZeroCount(bits);
        _next = (slot + 1) % _slots;
        Occupy(slot);
        return slot;
    }

    /// <summary>Takes one certain slot.</summary>
    /// <returns>False if it is taken already, or does not exist.</returns>
    public bool TryTake(uint slot)
    {
        if (slot >= _slots || !IsFree(slot))
        {
            return false;
        }

        Occupy(slot);
        return true;
    }

    public void Return(uint slot)
    {
        Invariant.Require(slot < _slots && !IsFree(slot), "a slot is returned once");
        _free[slot / WordBits] |= 1UL << (int)(slot % WordBits);
        Free++;
    }

    /// <summary>
    /// Gives back a slot that could not be written. It is handed out again only when there is no other: a disk that failed for
    /// a while is not without room for ever.
    /// </summary>
    public void PutAside(uint slot)
    {
        Invariant.Require(slot < _slots && !IsFree(slot), "a slot that was taken");
        _aside.Add(slot);
    }

    private bool IsFree(uint slot) => (_free[slot / WordBits] & (1UL << (int)(slot % WordBits))) != 0;

    private void Occupy(uint slot)
    {
        _free[slot / WordBits] &= ~(1UL << (int)(slot % WordBits));
        Free--;
    }
}
