using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Raid5Fs.Protocol;

/// <summary>
/// The digest of each message: XxHash3-64 over its fields, one after the other, each value hashed with the
/// digest so far as its seed.
/// </summary>
/// <remarks>
/// A block's checksum covers the block alone: a flipped row, status, boot id or sequence is no business of it.
/// The digest covers those, and the block's checksum with them, so the bytes of a block are hashed once.
/// A message that lost a field through a flipped tag reads it as its default, and fails as well.
/// </remarks>
internal static class MessageDigest
{
    /// <summary>Sets the digest of a message that is about to be sent.</summary>
    public static DescribeReply Seal(DescribeReply message)
    {
        message.Digest = Of(message);
        return message;
    }

    public static ReadRequest Seal(ReadRequest message)
    {
        message.Digest = Of(message);
        return message;
    }

    public static ReadReply Seal(ReadReply message)
    {
        message.Digest = Of(message);
        return message;
    }

    public static WriteRequest Seal(WriteRequest message)
    {
        message.Digest = Of(message);
        return message;
    }

    public static WriteReply Seal(WriteReply message)
    {
        message.Digest = Of(message);
        return message;
    }

    public static CountersReply Seal(CountersReply message)
    {
        message.Digest = Of(message);
        return message;
    }

    /// <summary>Whether a message arrived as it was sealed.</summary>
    public static bool Holds(DescribeReply message) => message.Digest == Of(message);

    public static bool Holds(ReadRequest message) => message.Digest == Of(message);

    public static bool Holds(ReadReply message) => message.Digest == Of(message);

    public static bool Holds(WriteRequest message) => message.Digest == Of(message);

    public static bool Holds(WriteReply message) => message.Digest == Of(message);

    public static bool Holds(CountersReply message) => message.Digest == Of(message);

    private static ulong Of(DescribeReply message)
    {
        ulong digest = Add(Kind.DescribeReply, message.BootId);
        digest = XxHash3.HashToUInt64(message.ArrayId.Span, (long)digest);
        digest = Add(digest, (ulong)message.Member, (ulong)message.Members);
        digest = Add(digest, (ulong)message.BlockSize, (ulong)message.ChunkBlocks);
        return Add(digest, (ulong)message.Rows, message.HighestSequence);
    }

    private static ulong Of(ReadRequest message)
    {
        ulong digest = Add(Kind.ReadRequest, message.BootId, (ulong)message.Rows.Count);
        foreach (long row in message.Rows)
        {
            digest = Add(digest, (ulong)row);
        }

        return digest;
    }

    private static ulong Of(ReadReply message)
    {
        ulong digest = Add(Kind.ReadReply, (ulong)message.Status, message.BootId);
        digest = Add(digest, (ulong)message.Blocks.Count);
        foreach (ReadBlock block in message.Blocks)
        {
            digest = Add(digest, (ulong)block.Status, ((ulong)block.Content.Length << 32) ^ block.Checksum);
        }

        return digest;
    }

    private static ulong Of(WriteRequest message)
    {
        ulong digest = Add(Kind.WriteRequest, message.BootId, message.Sequence);
        digest = Add(digest, (ulong)message.Blocks.Count);
        foreach (WriteBlock block in message.Blocks)
        {
            digest = Add(digest, (ulong)block.Row, ((ulong)block.Content.Length << 32) ^ block.Checksum);
        }

        return digest;
    }

    private static ulong Of(WriteReply message) =>
        Add(Kind.WriteReply, (ulong)message.Status, message.BootId);

    private static ulong Of(CountersReply message)
    {
        ulong digest = Add(Kind.CountersReply, message.BootId);
        digest = Add(digest, (ulong)message.Reads, (ulong)message.Writes);
        digest = Add(digest, (ulong)message.BlocksRead, (ulong)message.BlocksWritten);
        digest = Add(digest, (ulong)message.BadBlocks, (ulong)message.SupersededBlocks);
        return Add(digest, (ulong)message.Refused);
    }

    private static ulong Add(Kind kind, ulong first, ulong second = 0) => Add((ulong)kind, first, second);

    private static ulong Add(ulong digest, ulong first, ulong second = 0)
    {
        ReadOnlySpan<ulong> values = [first, second];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values), (long)digest);
    }

    /// <summary>The first value of each digest, so that one message never passes for another.</summary>
    private enum Kind : ulong
    {
        DescribeReply = 1,
        ReadRequest = 2,
        ReadReply = 3,
        WriteRequest = 4,
        WriteReply = 5,
        CountersReply = 6,
    }
}
