using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>What an operation of the user wanted of a block.</summary>
public enum BlockOperation
{
    /// <summary>Its content.</summary>
    Read = 0,

    /// <summary>New content, or new parity for it.</summary>
    Write,
}

/// <summary>Is told what the user's operations on an array meet, each time that they do; they go on all the same.</summary>
/// <remarks>Called on the array's executor; neither waits nor throws, and calls nothing of the array.</remarks>
public interface IArrayObserver
{
    /// <summary>A block was corrupt or unreadable where it lies; it is rebuilt, if the rest of its row is there.</summary>
    void BlockIsBad(BlockAddress block);

    /// <summary>The member that an operation needed is away.</summary>
    /// <param name="member">Which.</param>
    /// <param name="operation">What was wanted.</param>
    /// <param name="block">For which block: where the member holds its parity, a block that was written.</param>
    void MemberIsAway(MemberIndex member, BlockOperation operation, BlockAddress block);
}
