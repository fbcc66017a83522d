namespace Raid5Fs.FileSystem;

/// <summary>One block of the device in the <see cref="BufferCache"/>.</summary>
/// <remarks>
/// Good for as long as the operation that got it lasts. Reading it is always allowed; changing it only while a step
/// is open and the block is still in the cache, which <see cref="Change"/> asserts.
/// </remarks>
internal sealed class CachedBlock(BufferCache cache, uint address, byte[] bytes)
{
    public uint Address { get; } = address;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The bytes for changing: what they were is kept until the step ends, and the block is dirty.</summary>
    public Span<byte> Change()
    {
        cache.BeforeChange(this);
        return bytes;
    }

    // What follows is the cache's own bookkeeping.

    /// <summary>The same bytes, for the device.</summary>
    internal Memory<byte> Memory => bytes;

    internal bool IsCached { get; set; }

    /// <summary>Held for the whole mount, outside the cache's bound.</summary>
    internal bool IsPinned { get; set; }

    /// <summary>Newer than on the device.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Whether the cache's list of dirty blocks names this one; it may lag behind <see cref="IsDirty"/>.</summary>
    internal bool IsListed { get; set; }

    /// <summary>The last span of use in which an operation asked for it.</summary>
    internal long UsedIn { get; set; }

    /// <summary>The last step that kept a before-image of it.</summary>
    internal long KeptIn { get; set; }

    internal CachedBlock? Older { get; set; }

    internal CachedBlock? Newer { get; set; }
}
