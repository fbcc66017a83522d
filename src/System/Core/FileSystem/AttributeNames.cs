using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Which names of extended attributes mean something for which inodes: xattr(7). What a <c>system.</c> attribute would be, such as an
/// access control list, is not kept.
/// </summary>
internal static class AttributeNames
{
    private const string User = "user.";

    private static readonly string[] Namespaces = [User, "trusted.", "security."];

    /// <summary>The errors that come before it is known what the inode is: ERANGE, E2BIG.</summary>
    public static Errno Objection(string name, int valueLength = 0) =>
        Encoding.UTF8.GetByteCount(name) is 0 or > OnDiskFormat.AttributeNameLimit ? Errno.ERANGE
        : valueLength > OnDiskFormat.AttributeValueLimit ? Errno.E2BIG
        : Errno.OK;

    /// <summary>
    /// The bytes of a name: ENODATA, or EPERM for a change (a user's attribute of what is neither file nor directory), EOPNOTSUPP (no
    /// namespace, or one that is not kept), EINVAL (a namespace alone).
    /// </summary>
    public static Result<byte[]> Encode(string name, FileType type, bool changes)
    {
        if (name.StartsWith(User, StringComparison.Ordinal) && type is not (FileType.Regular or FileType.Directory))
            return changes ? Errno.EPERM : Errno.ENODATA;
        string? space = Array.Find(Namespaces, known => name.StartsWith(known, StringComparison.Ordinal));
        if (space is null)
            return Errno.EOPNOTSUPP;
        return name.Length == space.Length ? Errno.EINVAL : Encoding.UTF8.GetBytes(name);
    }
}
