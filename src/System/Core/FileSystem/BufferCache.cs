/*
 * The blocks of the device that the file system has in memory, and the only way by which it reads and writes them.
 *
 * Dirty blocks stay here until a commit writes them all, in ascending runs, and commits the device: the device never
 * holds half an operation. So the cache also makes an operation undoable: a *step* opens with Begin, keeps the
 * before-image of each block it changes, and ends with Accept or Rollback. The usual order of calls:
 *
 *     Begin   GetAsync / Claim   Change …   Accept | Rollback     … more steps …     CommitAsync
 *
 * Clean blocks are evicted least recently used first, but never one that a step under way has asked for. Operations that only look
 * may overlap, with each other and with a commit: a block that one of them holds stays good for it, also when it is evicted.
 *
 * Between BeginAttempt and EndAttempt nobody waits: a block that is not in memory is noted in a Shortage and answered with an error;
 * whoever makes the attempt throws its answer away, fetches what was noted, and tries again.
 *
 * A block is here, or on its way, or neither. Those who fetch hold nothing, so a block that is on its way may be freed, taken anew,
 * written and committed before it comes. So Claim and Drop disown a read under way: what it brings is not taken in, and
 * those who waited for it look again. In no other way does a block change that is not here.
 *
 * Faults assumed: any read or write may answer EIO. After a failed commit the dirty blocks stay dirty and readable.
 */

using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// A bounded write-back cache of blocks with undo. Used by one step at a time, or by any number of operations that look; and meanwhile
/// by any number that fetch.
/// </summary>
/// <param name="device">Below.</param>
/// <param name="capacity">
/// Blocks. Exceeded only by pinned blocks, by the metadata that one operation touches, and by what comes before the next one begins.
/// </param>
internal sealed class BufferCache(IBlockDevice device, int capacity)
{
    private readonly Dictionary<uint, CachedBlock> _blocks = [];

    /// <summary>The read that is bringing a block.</summary>
    private readonly Dictionary<uint, Read> _reads = [];

    /// <summary>Why a block could not be read; since then it has neither been here nor been asked for. It may be forgotten.</summary>
    private readonly Dictionary<uint, Errno> _failures = [];

    private readonly List<CachedBlock> _dirty = [];
    private readonly UndoLog _undo = new(device.BlockSize);
    private readonly WriteBack _writeBack = new(device);
    private CachedBlock? _oldest;
    private CachedBlock? _newest;
    private int _pinned;
    private long _span = 1;
    private Shortage? _shortage;

    public int BlockSize => device.BlockSize;

    /// <summary>Blocks.</summary>
    public int Capacity => capacity;

    /// <summary>Blocks that the next commit will write.</summary>
    public int DirtyCount { get; private set; }

    /// <summary>Blocks held, pinned ones included.</summary>
    public int Count => _blocks.Count;

    /// <summary>The operation under way is only attempted: what it lacks is noted.</summary>
    public bool IsAttempt { get; private set; }

    /// <summary>The attempt under way lacks something, so its answer will be thrown away.</summary>
    public bool IsShort => IsAttempt && _shortage is { IsFelt: true };

    /// <summary>The block's content, from memory or the device: EIO.</summary>
    public ValueTask<Result<CachedBlock>> GetAsync(uint address) =>
        Find(address) is { } block ? new(block)
        : IsAttempt ? new(Lack(address))
        : new(FetchAsync(address));

    /// <summary>The block, if it is in memory.</summary>
    public CachedBlock? Find(uint address)
    {
        if (!_blocks.TryGetValue(address, out CachedBlock? block))
            return null;
        block.UsedIn = _span;
        if (IsEvictable(block))
        {
            Unlink(block);
            Link(block);
        }

        return block;
    }

    /// <summary>
    /// The block for a caller that overwrites all of it and so does not need its content, which is undefined: never
    /// read from the device, and dirty.
    /// </summary>
    public CachedBlock Claim(uint address)
    {
        if (Find(address) is { } present)
        {
            present.Change();
            return present;
        }

        Disown(address);
        CachedBlock block = Insert(address, new byte[BlockSize]);
        _undo.KeepAbsence(block);
        MarkDirty(block);
        return block;
    }

    /// <summary>Gets a block and holds it until the file system is unmounted: EIO.</summary>
    public async ValueTask<Result<CachedBlock>> PinAsync(uint address)
    {
        Result<CachedBlock> got = await GetAsync(address);
        if (got.IsOk && !got.Value.IsPinned)
        {
            Unlink(got.Value);
            got.Value.IsPinned = true;
            _pinned++;
        }

        return got;
    }

    /// <summary>
    /// Brings blocks into the cache, those that are neither there nor on their way: runs of consecutive ones with one read each,
    /// all at the same time. One that cannot be read is left out: getting it then answers the error.
    /// </summary>
    public async Task LoadAsync(IReadOnlyList<uint> addresses)
    {
        if (IsAttempt)
        {
            foreach (uint address in addresses)
            {
                if (Find(address) is null)
                    Lack(address);
            }

            return;
        }

        // Nothing is awaited until all reads are begun, so no block is asked for twice.
        List<Task> reads = [];
        for (int i = 0; i < addresses.Count; i++)
        {
            uint first = addresses[i];
            if (IsAbsent(first))
            {
                int count = 1;
                while (i + 1 < addresses.Count && addresses[i + 1] == first + (uint)count && IsAbsent(addresses[i + 1]))
                    (i, count) = (i + 1, count + 1);
                reads.Add(LoadRunAsync(first, count));
            }
            else if (_reads.TryGetValue(first, out Read? read) && (reads.Count == 0 || reads[^1] != read.Task))
            {
                reads.Add(read.Task);
            }
        }

        await Task.WhenAll(reads);
    }

    /// <summary>The block's content for reading only, without a place in the cache, but for an attempt: EIO.</summary>
    public async ValueTask<Result<CachedBlock>> PeekAsync(uint address)
    {
        if (IsAttempt)
            return await GetAsync(address);
        if (_blocks.TryGetValue(address, out CachedBlock? present))
            return present;
        byte[] bytes = new byte[BlockSize];
        Errno error = await device.ReadAsync(new BlockAddress(address), bytes);
        return error == Errno.OK ? new CachedBlock(this, address, bytes) : error;
    }

    /// <summary>Begins an attempt: nothing is awaited until it ends.</summary>
    /// <param name="before">What earlier attempts at the operation lacked; null if this is the first.</param>
    public void BeginAttempt(Shortage? before)
    {
        Invariant.Require(!IsAttempt, "an attempt waits for nothing, so there is one at a time");
        IsAttempt = true;
        _shortage = before;
        before?.Reset();
    }

    /// <summary>Ends the attempt, if one is under way.</summary>
    /// <returns>What it lacked; null if its answer holds.</returns>
    public Shortage? EndAttempt()
    {
        Shortage? felt = IsShort ? _shortage : null;
        _shortage = null;
        IsAttempt = false;
        return felt;
    }

    /// <summary>Says of the attempt under way that its operation has to wait where it stands.</summary>
    /// <returns>The error with which it goes on.</returns>
    public Errno RefuseAttempt()
    {
        Invariant.Require(IsAttempt, "what is refused is an attempt");
        return (_shortage ??= new Shortage(this)).Refuse();
    }

    /// <summary>Whether a block could not be read when that was last tried, and surely is what it was then.</summary>
    public bool TryGetFailure(uint address, out Errno failure) => _failures.TryGetValue(address, out failure);

    /// <summary>Says that no clean block got so far will be changed: those may be evicted from now on.</summary>
    public void ReleaseUnchanged() => _span++;

    /// <summary>Opens a step.</summary>
    public void Begin()
    {
        _span++;
        _undo.Open();
    }

    /// <summary>Ends the step and keeps its changes.</summary>
    public void Accept() => _undo.Close();

    /// <summary>Ends the step and takes back its changes.</summary>
    public void Rollback()
    {
        foreach (UndoLog.Entry entry in _undo.Entries)
        {
            CachedBlock block = entry.Block;
            if (entry.Image is null)
            {
                MarkClean(block);
                Remove(block);
                continue;
            }

            entry.Image.CopyTo(block.Memory);
            if (!entry.WasDirty)
                MarkClean(block);
        }

        _undo.Close();
    }

    /// <summary>Forgets a block that belongs to no file any more, so that it is not written. No step is open.</summary>
    public void Drop(uint address)
    {
        Invariant.Require(!_undo.IsOpen, "a block is dropped between steps");
        Disown(address);
        if (!_blocks.TryGetValue(address, out CachedBlock? block) || block.IsPinned)
            return;
        MarkClean(block);
        Remove(block);
    }

    /// <summary>
    /// Writes every dirty block and commits the device. No step is open. On an error all of them stay dirty, and
    /// whether the device has them is open.
    /// </summary>
    public async ValueTask<Errno> CommitAsync()
    {
        Invariant.Require(!_undo.IsOpen, "a commit never falls into a step");
        if (DirtyCount == 0)
            return Errno.OK;

        _dirty.RemoveAll(static block =>
        {
            block.IsListed = block.IsDirty;
            return !block.IsDirty;
        });
        _dirty.Sort(static (a, b) => a.Address.CompareTo(b.Address));
        Errno error = await _writeBack.WriteAsync(_dirty);
        if (error == Errno.OK)
            error = await device.CommitAsync();
        if (error != Errno.OK)
            return error;

        foreach (CachedBlock block in _dirty)
        {
            block.IsListed = false;
            MarkClean(block);
        }

        _dirty.Clear();
        return Errno.OK;
    }

    /// <summary>Called by <see cref="CachedBlock.Change"/>.</summary>
    internal void BeforeChange(CachedBlock block)
    {
        Invariant.Require(block.IsCached, "a block is changed only while it is in the cache");
        _undo.KeepImage(block);
        MarkDirty(block);
    }

    private bool IsAbsent(uint address) => Find(address) is null && !_reads.ContainsKey(address);

    private Errno Lack(uint address) => (_shortage ??= new Shortage(this)).Note(address);

    /// <summary>Gets a block that is not in memory. Whoever else wants it meanwhile waits for the same read.</summary>
    private async Task<Result<CachedBlock>> FetchAsync(uint address)
    {
        while (true)
        {
            if (_reads.TryGetValue(address, out Read? read))
            {
                await read.Task;
            }
            else
            {
                Errno error = await BeginRead(address, 1).Task;
                if (error != Errno.OK)
                    return error;
            }

            // Not there: the read failed for all of its run, or was disowned, or others have had the block evicted since.
            if (Find(address) is { } block)
                return block;
        }
    }

    /// <summary>Loads a run; where a part is unreadable, block by block, so that its neighbours are had.</summary>
    private async Task LoadRunAsync(uint first, int count)
    {
        Errno error = await BeginRead(first, count).Task;
        for (int i = 0; error != Errno.OK && count > 1 && i < count; i++)
            await GetAsync(first + (uint)i);
    }

    /// <summary>Begins to read a run of absent blocks.</summary>
    private Read BeginRead(uint first, int count)
    {
        var read = new Read(first, count);
        for (int i = 0; i < count; i++)
        {
            _failures.Remove(first + (uint)i);
            _reads.Add(first + (uint)i, read);
        }

        read.Task = EndReadAsync(read);
        return read;
    }

    /// <summary>
    /// Takes in what of a run is not disowned: EIO if any block is unreadable, and then none of them comes. OK if all are disowned.
    /// </summary>
    private async Task<Errno> EndReadAsync(Read read)
    {
        byte[] bytes = new byte[read.Count * BlockSize];
        Errno error = await device.ReadAsync(new BlockAddress(read.First), bytes);
        bool isOwned = false;
        for (int i = 0; i < read.Count; i++)
        {
            uint address = read.First + (uint)i;
            if (_reads.GetValueOrDefault(address) != read)
                continue;
            isOwned = true;
            _reads.Remove(address);
            if (error == Errno.OK)
                Insert(address, read.Count == 1 ? bytes : bytes.AsSpan(i * BlockSize, BlockSize).ToArray());
            else if (read.Count == 1)
                NoteFailure(address, error);
        }

        return isOwned ? error : Errno.OK;
    }

    private void NoteFailure(uint address, Errno error)
    {
        if (_failures.Count >= capacity)
            _failures.Clear();
        _failures[address] = error;
    }

    /// <summary>What is on its way, or was found out, of a block that is not here does not hold any more.</summary>
    private void Disown(uint address)
    {
        _reads.Remove(address);
        _failures.Remove(address);
    }

    private CachedBlock Insert(uint address, byte[] bytes)
    {
        while (_blocks.Count - _pinned >= capacity && _oldest is { } oldest && oldest.UsedIn != _span)
            Remove(oldest);

        var block = new CachedBlock(this, address, bytes) { IsCached = true, UsedIn = _span };
        _blocks.Add(address, block);
        Link(block);
        return block;
    }

    private void Remove(CachedBlock block)
    {
        Unlink(block);
        _blocks.Remove(block.Address);
        block.IsCached = false;
    }

    private void MarkDirty(CachedBlock block)
    {
        if (block.IsDirty)
            return;
        if (!block.IsPinned)
            Unlink(block);
        block.IsDirty = true;
        DirtyCount++;
        if (!block.IsListed)
        {
            block.IsListed = true;
            _dirty.Add(block);
        }
    }

    private void MarkClean(CachedBlock block)
    {
        if (!block.IsDirty)
            return;
        block.IsDirty = false;
        DirtyCount--;
        if (!block.IsPinned)
            Link(block);
    }

    // The list of evictable blocks, by last use: every block but the dirty and the pinned.
    private static bool IsEvictable(CachedBlock block) => !block.IsDirty && !block.IsPinned;

    private void Link(CachedBlock block)
    {
        block.Older = _newest;
        if (_newest is not null)
            _newest.Newer = block;
        _newest = block;
        _oldest ??= block;
    }

    private void Unlink(CachedBlock block)
    {
        if (block.Older is null)
            _oldest = ReferenceEquals(_oldest, block) ? block.Newer : _oldest;
        else
            block.Older.Newer = block.Newer;
        if (block.Newer is null)
            _newest = ReferenceEquals(_newest, block) ? block.Older : _newest;
        else
            block.Newer.Older = block.Older;
        block.Older = null;
        block.Newer = null;
    }

    /// <summary>A run of blocks on their way from the device.</summary>
    private sealed class Read(uint first, int count)
    {
        public uint First => first;

        public int Count => count;

        /// <summary>Ends when it has come, or cannot. Set when the device has been asked.</summary>
        public Task<Errno> Task { get; set; } = null!;
    }
}
