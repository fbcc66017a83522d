using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;

namespace Raid5Fs.Fuse;

/// <summary>A request of the kernel, taken apart: nothing in it is believed before it is looked at.</summary>
internal readonly struct FuseRequest
{
    private FuseRequest(FuseRequestHeader header, ReadOnlyMemory<byte> body)
    {
        Header = header;
        Body = body;
    }

    public FuseRequestHeader Header { get; }

    /// <summary>What follows the header.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>False if there is not even a header.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out FuseRequest request)
    {
        bool isRead = MemoryMarshal.TryRead(bytes.Span, out FuseRequestHeader header);
        request = isRead ? new FuseRequest(header, bytes[Unsafe.SizeOf<FuseRequestHeader>()..]) : default;
        return isRead;
    }

    /// <summary>The structure that a body begins with; false if there is less than that.</summary>
    public bool TryRead<T>(out T value)
        where T : unmanaged => MemoryMarshal.TryRead(Body.Span, out value);

    /// <summary>A name at an offset of the body, ended by NUL; false if it is not, or is no name.</summary>
    public bool TryReadName(int at, out FileName name) => TryReadName(ref at, out name);

    /// <summary>As above, for several of them: <paramref name="at"/> is then behind the NUL.</summary>
    public bool TryReadName(ref int at, out FileName name)
    {
        bool isName = TryReadText(ref at, out ReadOnlyMemory<byte> text) && !text.Span.Contains((byte)'/');
        name = isName ? new FileName(text.Span) : default;
        return isName;
    }

    /// <summary>Bytes at an offset of the body, ended by NUL.</summary>
    public bool TryReadText(ref int at, out ReadOnlyMemory<byte> text)
    {
        int length = at <= Body.Length ? Body.Span[at..].IndexOf((byte)0) : -1;
        text = length >= 0 ? Body.Slice(at, length) : default;
        at += length + 1;
        return length >= 0;
    }

    /// <summary>A structure, and a name behind it.</summary>
    public bool TryReadWithName<T>(out T value, out FileName name)
        where T : unmanaged
    {
        name = default;
        return TryRead(out value) && TryReadName(Unsafe.SizeOf<T>(), out name);
    }
}
