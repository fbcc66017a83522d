using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>What an operation lacked in memory when it was attempted: fetched before it is attempted again.</summary>
/// <param name="cache">Where blocks are missing.</param>
internal sealed class Shortage(BufferCache cache)
{
    /// <summary>An operation that others have robbed of its blocks so often is not attempted again.</summary>
    private const int MostAttempts = 16;

    private readonly List<uint> _missing = [];
    private readonly HashSet<uint> _fetched = [];
    private int _attempts;
    private int _asked;

    /// <summary>Whether the attempt lacked anything.</summary>
    public bool IsFelt { get; private set; }

    /// <summary>Whether the operation must not be attempted again: it has to wait where it stands.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>An attempt begins.</summary>
    public void Reset() => IsFelt = false;

    /// <summary>The attempt wants a block that is not in memory.</summary>
    /// <returns>The error with which it goes on: the block's own, if it could not be read for this operation.</returns>
    public Errno Note(uint address)
    {
        if (_fetched.Contains(address) && cache.TryGetFailure(address, out Errno failure))
            return failure;
        IsFelt = true;
        if (!_missing.Contains(address))
            _missing.Add(address);
        return Errno.EIO;
    }

    /// <summary>The operation cannot be attempted.</summary>
    /// <returns>The error with which it goes on.</returns>
    public Errno Refuse()
    {
        IsFelt = IsFinal = true;
        return Errno.EIO;
    }

    /// <summary>Fetches what is missing, all at the same time; nothing, if no attempt is to follow.</summary>
    public async Task FetchAsync()
    {
        _attempts++;
        _asked += _missing.Count;

        // Of more than the cache holds, the first would be gone before the last came.
        IsFinal |= _attempts == MostAttempts || _asked > cache.Capacity;
        if (!IsFinal)
        {
            _fetched.UnionWith(_missing);
            await cache.LoadAsync(_missing);
        }

        _missing.Clear();
    }
}
