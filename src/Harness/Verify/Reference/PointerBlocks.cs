using System.Collections.Immutable;

namespace Raid5Verify.Reference;

/// <summary>
/// The blocks of pointers that a file takes beside its content, where its inode leads to the first blocks itself, and to those behind
/// them by trees of depth 1, 2, 3: one is there from when a block below it is first filled until all below it are given back together.
/// </summary>
/// <remarks>Never changed: whoever adds or removes gets another one.</remarks>
internal sealed class PointerBlocks
{
    private readonly int _perBlock;
    private readonly ImmutableHashSet<Span> _present;

    /// <param name="perBlock">Pointers a block; 0 for a file system that has none.</param>
    public PointerBlocks(int perBlock)
        : this(perBlock, [])
    {
    }

    private PointerBlocks(int perBlock, ImmutableHashSet<Span> present)
    {
        _perBlock = perBlock;
        _present = present;
    }

    public int Count => _present.Count;

    /// <summary>With those that lead to a block of the file.</summary>
    public PointerBlocks With(long block)
    {
        if (block < ReferenceSpace.DirectPointers || _perBlock == 0)
        {
            return this;
        }

        long first = ReferenceSpace.DirectPointers;
        long length = _perBlock;
        for (; block >= first + length; length *= _perBlock)
        {
            first += length;
        }

        ImmutableHashSet<Span> present = _present;
        for (; length > 1; length /= _perBlock)
        {
            present = present.Add(new Span(first + ((block - first) / length * length), length));
        }

        return present == _present ? this : new PointerBlocks(_perBlock, present);
    }

    /// <summary>Without those that lead to none but the blocks [from, to) of the file.</summary>
    public PointerBlocks Without(long from, long to) => _present.IsEmpty
        ? this
        : new PointerBlocks(_perBlock, _present.Except(_present.Where(span => span.First >= from && span.First + span.Length <= to)));

    /// <summary>The blocks of the file to which a block of pointers leads.</summary>
    private readonly record struct Span(long First, long Length);
}
