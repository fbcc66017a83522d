using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <summary>The answer to one request, written where it is sent from. Each method answers its length in bytes.</summary>
/// <param name="unique">Of the request.</param>
/// <param name="buffer">At least <see cref="FuseDispatcher.RoomFor"/> the request.</param>
internal readonly struct FuseReply(ulong unique, Memory<byte> buffer)
{
    public static int HeaderSize => Unsafe.SizeOf<FuseReplyHeader>();

    /// <summary>Where the data of an answer goes.</summary>
    public Memory<byte> Data => buffer[HeaderSize..];

    /// <summary>Success without data, or an error.</summary>
    public int Done(Errno error) => End(0, error);

    public int Done<T>(Result<T> result) => End(0, result.Error);

    public int Answer<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Data.Span, in value);
        return End(Unsafe.SizeOf<T>(), Errno.OK);
    }

    /// <summary>Success, with data that is copied.</summary>
    public int Answer(ReadOnlySpan<byte> data)
    {
        data.CopyTo(Data.Span);
        return End(data.Length, Errno.OK);
    }

    /// <summary>Success, with data that is in <see cref="Data"/> already.</summary>
    public int AnswerData(int length) => End(length, Errno.OK);

    private int End(int length, Errno error)
    {
        int total = HeaderSize + length;
        MemoryMarshal.Write(buffer.Span, new FuseReplyHeader((uint)total, -(int)error, unique));
        return total;
    }
}
