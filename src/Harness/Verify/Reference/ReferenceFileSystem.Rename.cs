using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/// <content>The call with the most rules.</content>
public sealed partial class ReferenceFileSystem
{
    public Errno Rename(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace)
    {
        Result<ReferenceNode> fromParent = GetDirectory(fromDirectory);
        if (!fromParent.IsOk)
        {
            return fromParent.Error;
        }

        Result<ReferenceNode> toParent = GetDirectory(toDirectory);
        if (!toParent.IsOk)
        {
            return toParent.Error;
        }

        if (from == Dot || from == DotDot)
        {
            return Errno.EBUSY;
        }

        if (to == Dot || to == DotDot)
        {
            return mode == RenameMode.NoReplace ? Errno.EEXIST : Errno.EBUSY;
        }

        Result<ReferenceNode> source = Find(fromDirectory, from);
        if (!source.IsOk)
        {
            return source.Error;
        }

        Result<ReferenceNode> target = Find(toDirectory, to);
        if (!target.IsOk && (target.Error != Errno.ENOENT || to.Length == 0))
        {
            return target.Error;
        }

        Errno refusal = target.IsOk
            ? RefusalToTakePlace(source.Value, fromParent.Value, target.Value, toParent.Value, mode)
            : RefusalToMove(source.Value, fromParent.Value, toParent.Value, mode);
        if (refusal != Errno.OK || (target.IsOk && target.Value == source.Value))
        {
            return refusal;
        }

        if (!target.IsOk && !HasRoomToMove(fromParent.Value, from, toParent.Value, to))
        {
            return Errno.ENOSPC;
        }

        fromParent.Value.Leave(from);
        NoteModified(fromParent.Value);
        NoteModified(toParent.Value);
        source.Value.Changed = Now;
        if (mode == RenameMode.Exchange)
        {
            toParent.Value.Leave(to);
            fromParent.Value.Enter(from, target.Value);
            target.Value.Changed = Now;
        }
        else if (target.IsOk)
        {
            Remove(toParent.Value, to);
        }

        toParent.Value.Enter(to, source.Value);
        return Errno.OK;
    }

    /// <summary>Why an entry cannot go where there is none.</summary>
    private Errno RefusalToMove(ReferenceNode source, ReferenceNode from, ReferenceNode to, RenameMode mode) =>
        mode == RenameMode.Exchange ? Errno.ENOENT
        : source.IsDirectory && IsAtOrAbove(source, to) ? Errno.EINVAL
        : source.IsDirectory && from != to && to.LinkCount >= _limits.MaxLinks ? Errno.EMLINK
        : Errno.OK;

    /// <summary>Why an entry cannot go where there is another. That one is above the other is seen before what they are.</summary>
    private Errno RefusalToTakePlace(
        ReferenceNode source, ReferenceNode from, ReferenceNode target, ReferenceNode to, RenameMode mode)
    {
        if (mode == RenameMode.NoReplace)
        {
            return Errno.EEXIST;
        }

        if (source.IsDirectory && IsAtOrAbove(source, to))
        {
            return Errno.EINVAL;
        }

        if (target == source)
        {
            return Errno.OK;
        }

        if (target.IsDirectory && IsAtOrAbove(target, from))
        {
            return mode == RenameMode.Exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        if (mode == RenameMode.Exchange)
        {
            ReferenceNode? gaining = source.IsDirectory == target.IsDirectory || from == to ? null : source.IsDirectory ? to : from;
            return gaining?.LinkCount >= _limits.MaxLinks ? Errno.EMLINK : Errno.OK;
        }

        if (source.IsDirectory != target.IsDirectory)
        {
            return source.IsDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        }

        return target.Entries.Count > 0 ? Errno.ENOTEMPTY : Errno.OK;
    }
}
