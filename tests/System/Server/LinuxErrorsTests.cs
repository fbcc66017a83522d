using Raid5Fs.Primitives;
using Raid5Fs.Server;

namespace Raid5Fs.Tests.Server;

public sealed class LinuxErrorsTests
{
    [Theory]
    [InlineData(1, Errno.EPERM)] // EPERM
    [InlineData(2, Errno.ENOENT)] // ENOENT
    [InlineData(5, Errno.EIO)] // EIO
    [InlineData(9, Errno.EIO)] // EBADF
    [InlineData(11, Errno.EBUSY)] // EWOULDBLOCK
    [InlineData(13, Errno.EPERM)] // EACCES
    [InlineData(17, Errno.EEXIST)] // EEXIST
    [InlineData(20, Errno.ENOTDIR)] // ENOTDIR
    [InlineData(21, Errno.EIO)] // EISDIR
    [InlineData(22, Errno.EIO)] // EINVAL
    [InlineData(24, Errno.EIO)] // EMFILE
    [InlineData(27, Errno.ENOSPC)] // EFBIG
    [InlineData(28, Errno.ENOSPC)] // ENOSPC
    [InlineData(30, Errno.EROFS)] // EROFS
    [InlineData(117, Errno.EIO)] // EUCLEAN
    [InlineData(122, Errno.ENOSPC)] // EDQUOT
    public void Each_number_means_what_a_server_can_act_on(int number, Errno error)
    {
        Assert.Equal(error, LinuxErrors.Of(number));
        Assert.Equal(error, LinuxErrors.Of(new IOException("as .NET reports it", number)));
    }

    [Fact]
    public void What_NET_hides_in_other_exceptions_is_found()
    {
        Assert.Equal(Errno.ENOENT, LinuxErrors.Of(new FileNotFoundException()));
        Assert.Equal(Errno.ENOENT, LinuxErrors.Of(new DirectoryNotFoundException()));
        Assert.Equal(Errno.EPERM, LinuxErrors.Of(new UnauthorizedAccessException("", new IOException("", 13))));
        Assert.Equal(Errno.ENOSPC, LinuxErrors.Of(new ArgumentOutOfRangeException("value")));
    }

    [Fact]
    public void A_bug_is_no_error_of_the_disk()
    {
        Assert.Null(LinuxErrors.Of(new ArgumentOutOfRangeException("offset")));
        Assert.Null(LinuxErrors.Of(new ObjectDisposedException("disk")));
        Assert.Null(LinuxErrors.Of(new InvariantException("broken")));
    }
}
