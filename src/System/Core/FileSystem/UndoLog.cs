using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The before-images of the blocks that the open step has changed, each kept once.</summary>
internal sealed class UndoLog(int blockSize)
{
    private readonly List<Entry> _entries = [];
    private readonly Stack<byte[]> _spareImages = [];
    private long _step;

    public bool IsOpen { get; private set; }

    public IReadOnlyList<Entry> Entries => _entries;

    public void Open()
    {
        Invariant.Require(!IsOpen, "one step at a time");
        IsOpen = true;
        _step++;
    }

    public void Close()
    {
        Invariant.Require(IsOpen, "a step is open");
        IsOpen = false;
        foreach (Entry entry in _entries)
        {
            if (entry.Image is not null)
                _spareImages.Push(entry.Image);
        }

        _entries.Clear();
    }

    /// <summary>Keeps what a block is before its first change in this step.</summary>
    public void KeepImage(CachedBlock block)
    {
        if (!IsFirstChange(block))
            return;
        byte[] image = _spareImages.TryPop(out byte[]? spare) ? spare : new byte[blockSize];
        block.Bytes.CopyTo(image);
        _entries.Add(new Entry(block, image, block.IsDirty));
    }

    /// <summary>Notes that a block was not in the cache before this step.</summary>
    public void KeepAbsence(CachedBlock block)
    {
        if (IsFirstChange(block))
            _entries.Add(new Entry(block, null, WasDirty: false));
    }

    private bool IsFirstChange(CachedBlock block)
    {
        Invariant.Require(IsOpen, "a block is changed only within a step");
        bool first = block.KeptIn != _step;
        block.KeptIn = _step;
        return first;
    }

    /// <summary>A block as it was; no image if it was not in the cache.</summary>
    internal readonly record struct Entry(CachedBlock Block, byte[]? Image, bool WasDirty);
}
