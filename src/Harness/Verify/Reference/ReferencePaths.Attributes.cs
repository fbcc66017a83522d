using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/// <content>Extended attributes: what is looked at before a file system is asked, in the order of the kernel's fs/xattr.c.</content>
public sealed partial class ReferencePaths
{
    private const int MaxAttributeName = 255;
    private const int MaxAttributeValue = 65_535;

    public Result<byte[]> GetExtendedAttribute(string path, string name)
    {
        Result<InodeNumber> inode = FindFor(path, name, isChange: false);
        return inode.IsOk ? files.GetExtendedAttribute(inode.Value, name) : inode.Error;
    }

    public Result<IReadOnlyList<string>> ListExtendedAttributes(string path)
    {
        Result<InodeAttributes> found = Find(path);
        return found.IsOk ? files.ListExtendedAttributes(found.Value.Inode) : found.Error;
    }

    public Errno SetExtendedAttribute(string path, string name, byte[] value, AttributeMode mode)
    {
        Result<InodeNumber> inode = FindFor(path, name, isChange: true, value.Length);
        return inode.IsOk ? files.SetExtendedAttribute(inode.Value, name, value, mode) : inode.Error;
    }

    public Errno RemoveExtendedAttribute(string path, string name)
    {
        Result<InodeNumber> inode = FindFor(path, name, isChange: true);
        return inode.IsOk ? files.RemoveExtendedAttribute(inode.Value, name) : inode.Error;
    }

    private Result<InodeNumber> FindFor(string path, string name, bool isChange, int length = 0)
    {
        if (OpenName.Is(path) && !files.OpenFiles.ContainsKey(path))
        {
            return Errno.EBADF;
        }

        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxAttributeName)
        {
            return Errno.ERANGE;
        }

        if (length > MaxAttributeValue)
        {
            return Errno.E2BIG;
        }

        Result<InodeAttributes> found = Find(path);
        if (!found.IsOk)
        {
            return found.Error;
        }

        int dot = name.IndexOf('.');
        string space = name[..Math.Max(dot, 0)];
        bool mayBeUsers = found.Value.Type is FileType.Regular or FileType.Directory;
        return space == "user" && !mayBeUsers ? isChange ? Errno.EPERM : Errno.ENODATA
            : space is not ("user" or "trusted" or "security") ? Errno.EOPNOTSUPP
            : dot == name.Length - 1 ? Errno.EINVAL
            : found.Value.Inode;
    }
}
