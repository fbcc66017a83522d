using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>What a read found in one row.</summary>
internal enum StoredBlockState
{
    /// <summary>Verified against the table.</summary>
    Good,

    /// <summary>Never written: zeros.</summary>
    NeverWritten,

    /// <summary>The bytes on the disk are not those that the table knows.</summary>
    Corrupt,

    /// <summary>The disk gave an error.</summary>
    Unreadable,
}

/// <param name="State">What was found.</param>
/// <param name="Content">One block where it is good, else empty. Never reused by the store.</param>
/// <param name="Checksum">Of the content.</param>
internal readonly record struct StoredBlock(StoredBlockState State, ReadOnlyMemory<byte> Content, Checksum Checksum);

/// <param name="Row">Where it goes.</param>
/// <param name="Sequence">The client's, which orders the contents of one block.</param>
/// <param name="Content">One block, unchanged until the write completes.</param>
/// <param name="Checksum">Of the content.</param>
internal readonly record struct NewBlock(Row Row, ulong Sequence, ReadOnlyMemory<byte> Content, Checksum Checksum);
