using System.Numerics;
using Google.Protobuf;
using Raid5Fs.Primitives;

namespace Raid5Fs.Protocol;

/// <summary>
/// What a member is: which array, which place in it, and the shape that all its members share. Fixed when the
/// member is formatted.
/// </summary>
public sealed record MemberGeometry
{
    /// <param name="arrayId">The array's name.</param>
    /// <param name="member">This member's place, 0 to <paramref name="members"/> − 1.</param>
    /// <param name="members">Members in the array, parity included, 3 to 32.</param>
    /// <param name="blockSize">Bytes a block: a power of two, 128 to 65,536.</param>
    /// <param name="chunkBlocks">Consecutive blocks on one member, 1 to 65,536.</param>
    /// <param name="rows">Blocks on each member: a positive multiple of <paramref name="chunkBlocks"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible; the message says why.</exception>
    public MemberGeometry(ArrayId arrayId, MemberIndex member, int members, int blockSize, int chunkBlocks, long rows)
    {
        if (Fault(member.Value, members, blockSize, chunkBlocks, rows) is { } fault)
        {
            throw new ArgumentException(fault);
        }

        ArrayId = arrayId;
        Member = member;
        Members = members;
        BlockSize = blockSize;
        ChunkBlocks = chunkBlocks;
        Rows = rows;
    }

    public const int MinMembers = 3;
    public const int MaxMembers = 32;
    public const int MinBlockSize = 128;
    public const int MaxBlockSize = 65_536;
    public const int MaxChunkBlocks = 65_536;

    /// <summary>Blocks on a member at most: 2^30, as each takes 24 bytes of its memory.</summary>
    public const long MaxRows = 1L << 30;

    public ArrayId ArrayId { get; }

    public MemberIndex Member { get; }

    public int Members { get; }

    /// <summary>Bytes a block.</summary>
    public int BlockSize { get; }

    /// <summary>Consecutive blocks on one member.</summary>
    public int ChunkBlocks { get; }

    /// <summary>Blocks on each member.</summary>
    public long Rows { get; }

    /// <summary>The same array as another of its members sees it.</summary>
    public MemberGeometry At(MemberIndex member) => new(ArrayId, member, Members, BlockSize, ChunkBlocks, Rows);

    /// <summary>Why this shape is impossible, in one line; null if it is possible.</summary>
    public static string? Fault(int member, int members, int blockSize, int chunkBlocks, long rows)
    {
        if (members is < MinMembers or > MaxMembers)
        {
            return $"an array has {MinMembers} to {MaxMembers} members, not {members}";
        }

        if (member < 0 || member >= members)
        {
            return $"member {member} does not exist in an array of {members}";
        }

        if (blockSize is < MinBlockSize or > MaxBlockSize || !BitOperations.IsPow2(blockSize))
        {
            return $"a block is a power of two of {MinBlockSize} to {MaxBlockSize} bytes, not {blockSize}";
        }

        if (chunkBlocks is < 1 or > MaxChunkBlocks)
        {
            return $"a chunk is 1 to {MaxChunkBlocks} blocks, not {chunkBlocks}";
        }

        if (rows is < 1 or > MaxRows || rows % chunkBlocks != 0)
        {
            return $"a member has whole chunks of {chunkBlocks} blocks, at least one, at most {MaxRows} blocks: "
                + $"{rows} blocks are not";
        }

        return null;
    }

    internal InspectReply ToMessage(MemberRecord record)
    {
        byte[] id = new byte[ArrayId.Size];
        ArrayId.Write(id);
        return MessageDigest.Seal(new InspectReply
        {
            ArrayId = UnsafeByteOperations.UnsafeWrap(id),
            Member = Member.Value,
            Members = Members,
            BlockSize = BlockSize,
            ChunkBlocks = ChunkBlocks,
            Rows = Rows,
            State = record.ToMessage(),
        });
    }

    /// <summary>The geometry that a peer claims, or null if no member can have it.</summary>
    internal static MemberGeometry? FromMessage(InspectReply message)
    {
        bool possible = message.ArrayId.Length == ArrayId.Size
            && Fault(message.Member, message.Members, message.BlockSize, message.ChunkBlocks, message.Rows) is null;
        return possible
            ? new MemberGeometry(
                ArrayId.Read(message.ArrayId.Span),
                new MemberIndex(message.Member),
                message.Members,
                message.BlockSize,
                message.ChunkBlocks,
                message.Rows)
            : null;
    }

    public override string ToString() =>
        $"member {Member.Value} of {Members} of array {ArrayId}: {Rows} blocks of {BlockSize} bytes, "
        + $"chunks of {ChunkBlocks}";
}
