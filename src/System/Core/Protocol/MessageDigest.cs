using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Raid5Fs.Protocol;

/// <summary>A message with a digest at its end.</summary>
internal interface IDigested
{
    ulong Digest { get; set; }

    /// <summary>Adds every field but the digest, in the order of their numbers.</summary>
    /// <remarks>Repeated fields by index: their enumerators are objects.</remarks>
    void AddTo(ref MessageDigest digest);
}

/// <summary>
/// The digest of each message: XxHash3-64 over its fields, one pair after the other, each hashed with the digest so
/// far as its seed.
/// </summary>
/// <remarks>
/// A block's checksum covers the block alone: a flipped row, status, boot id or epoch is no business of it. The
/// digest covers those, and the block's checksum with them, so the bytes of a block are hashed once. A message that
/// lost a field through a flipped tag reads it as its default, and fails as well.
/// </remarks>
internal struct MessageDigest
{
    private ulong _value;

    /// <summary>Sets the digest of a message that is about to be sent.</summary>
    public static T Seal<T>(T message)
        where T : IDigested
    {
        message.Digest = Of(message);
        return message;
    }

    /// <summary>Whether a message arrived as it was sealed.</summary>
    public static bool Holds<T>(T message)
        where T : IDigested =>
        message.Digest == Of(message);

    public void Add(ulong first, ulong second = 0)
    {
        ReadOnlySpan<ulong> values = [first, second];
        _value = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values), (long)_value);
    }

    public void Add(ReadOnlySpan<byte> bytes) => _value = XxHash3.HashToUInt64(bytes, (long)_value);

    public void Add(OwnershipClaim? claim) => Add(claim?.Generation ?? 0, claim?.Client ?? 0);

    public void Add(Decision? view)
    {
        Add(view?.Epoch ?? 0, view?.Version ?? 0);
        Add(view?.Decided ?? 0, view?.Mask ?? 0);
    }

    public void Add(MemberStanding? state)
    {
        Add(state?.BootId ?? 0, state?.Self ?? 0);
        Add(state?.Promised);
        Add(state?.View);
        Add(state?.SealedEpoch ?? 0, ((ulong)(state?.SealedVersion ?? 0) << 32) | (state?.SealedMask ?? 0));
        Add(state?.Witnessed ?? 0);
    }

    private static ulong Of<T>(T message)
        where T : IDigested
    {
        // The kind comes first, so that one message never passes for another.
        var digest = new MessageDigest { _value = DigestKind<T>.Seed };
        message.AddTo(ref digest);
        return digest._value;
    }

    private static class DigestKind<T>
    {
        public static readonly ulong Seed = XxHash3.HashToUInt64(System.Text.Encoding.ASCII.GetBytes(typeof(T).Name));
    }
}

public sealed partial class InspectReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(ArrayId.Span);
        digest.Add((ulong)Member, (ulong)Members);
        digest.Add((ulong)BlockSize, (ulong)ChunkBlocks);
        digest.Add((ulong)Rows);
        digest.Add(State);
    }
}

public sealed partial class OpenRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest) => digest.Add(Claim);
}

public sealed partial class OpenReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add((ulong)Status);
        digest.Add(State);
    }
}

public sealed partial class ReadRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, (ulong)Rows.Count);
        for (int i = 0; i < Rows.Count; i++)
        {
            digest.Add((ulong)Rows[i]);
        }
    }
}

public sealed partial class ReadReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add((ulong)Status, BootId);
        digest.Add((ulong)Blocks.Count);
        for (int i = 0; i < Blocks.Count; i++)
        {
            ReadBlock block = Blocks[i];
            digest.Add((ulong)block.Status, ((ulong)block.Content.Length << 32) ^ block.Checksum);
        }
    }
}

public sealed partial class WriteRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, Epoch);
        digest.Add((ulong)Blocks.Count);
        for (int i = 0; i < Blocks.Count; i++)
        {
            WriteBlock block = Blocks[i];
            digest.Add((ulong)block.Row, block.Sequence);
            digest.Add((ulong)block.Content.Length, block.Checksum);
        }
    }
}

public sealed partial class StateReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest) => digest.Add((ulong)Status, BootId);
}

public sealed partial class PrepareRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, Epoch);
        digest.Add(((ulong)Version << 32) | Mask, Previous);
        digest.Add((ulong)Blocks, BlocksDigest);
    }
}

public sealed partial class CommitRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, Epoch);
    }
}

public sealed partial class RecordRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId);
        digest.Add(View);
    }
}

public sealed partial class JoinRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, Sequence);
        digest.Add(View);
    }
}

public sealed partial class ScanRequest : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(Claim);
        digest.Add(BootId, Since);
        digest.Add((ulong)From, CommittedOnly ? 1UL : 0);
    }
}

public sealed partial class ScanReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add((ulong)Status, BootId);
        digest.Add((ulong)Rows.Count, (ulong)Epochs.Count);
        for (int i = 0; i < Math.Min(Rows.Count, Epochs.Count); i++)
        {
            digest.Add((ulong)Rows[i], Epochs[i]);
        }

        digest.Add((ulong)Next);
    }
}

public sealed partial class CountersReply : IDigested
{
    void IDigested.AddTo(ref MessageDigest digest)
    {
        digest.Add(BootId);
        digest.Add((ulong)Reads, (ulong)Writes);
        digest.Add((ulong)BlocksRead, (ulong)BlocksWritten);
        digest.Add((ulong)BadBlocks, (ulong)SupersededBlocks);
        digest.Add((ulong)Refused);
        digest.Add((ulong)EpochsSealed, (ulong)EpochsCommitted);
        digest.Add((ulong)LogRecordBytes, (ulong)LogBytes);
        digest.Add((ulong)Checkpoints, (ulong)CheckpointsPutOff);
    }
}
