namespace Raid5Fs.FileSystem;

/// <summary>
/// Where names led, or that they led nowhere, when they were last looked up: who asks again needs no block of the directory. A
/// name whose entry changes is forgotten, also if the change is taken back.
/// </summary>
/// <remarks>
/// The names of two generations: once one has as many as it may, the one before it is dropped, but for those that were asked for since.
/// </remarks>
internal sealed class NameCache
{
    private const int NamesPerGeneration = 2048;

    private Dictionary<(InodeNumber Directory, FileName Name), NamedInode> _young = [];
    private Dictionary<(InodeNumber Directory, FileName Name), NamedInode> _old = [];

    /// <returns>Whether it is known.</returns>
    public bool TryFind(InodeNumber directory, FileName name, out NamedInode known)
    {
        if (_young.TryGetValue((directory, name), out known))
            return true;
        if (!_old.TryGetValue((directory, name), out known))
            return false;
        Remember(directory, name, known);
        return true;
    }

    /// <summary>Takes note of what a look at the directory said.</summary>
    public void Remember(InodeNumber directory, FileName name, NamedInode found)
    {
        if (_young.Count >= NamesPerGeneration)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[(directory, name)] = found;
    }

    /// <summary>The entry of a name is being made, removed, or made to lead elsewhere.</summary>
    public void Forget(InodeNumber directory, FileName name)
    {
        _young.Remove((directory, name));
        _old.Remove((directory, name));
    }
}

/// <summary>What a name leads to; <c>default</c> is nothing.</summary>
internal readonly record struct NamedInode(InodeNumber Inode, FileType Type)
{
    public bool IsNothing => Inode == InodeNumber.None;
}
