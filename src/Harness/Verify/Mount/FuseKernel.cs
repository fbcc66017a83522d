using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;

namespace Raid5Verify.Mount;

/// <summary>The kernel's half of the FUSE protocol, without a kernel: requests as bytes to a dispatcher, answers as bytes from it.</summary>
/// <remarks>Calls may overlap, as those of a kernel do. It demands of each answer that it is one to its request.</remarks>
public sealed class FuseKernel(FuseDispatcher dispatcher)
{
    private const uint Major = 7;
    private const uint Minor = 45;
    private const uint MaxReadAhead = 128 << 10;

    private ulong _lastUnique;

    /// <summary>Who asks, where nothing else is said.</summary>
    public static Ownership Superuser => default;

    /// <summary>The bytes of a request.</summary>
    /// <param name="opcode">What is asked.</param>
    /// <param name="node">Of which inode.</param>
    /// <param name="body">What follows the header: structures, names, data.</param>
    /// <param name="who">Whose user and group ask.</param>
    public byte[] Request(FuseOpcode opcode, ulong node, ReadOnlySpan<byte> body, Ownership who = default)
    {
        int headerSize = Unsafe.SizeOf<FuseRequestHeader>();
        byte[] request = new byte[headerSize + body.Length];
        MemoryMarshal.Write(request, new FuseRequestHeader(
            (uint)request.Length, opcode, ++_lastUnique, node, who.User, who.Group, Process: 1, Extensions: 0));
        body.CopyTo(request.AsSpan(headerSize));
        return request;
    }

    /// <summary>Agrees with the dispatcher on how they speak.</summary>
    public async Task<Result<FuseInitReply>> BeginAsync()
    {
        var init = new FuseInitRequest(Major, Minor, MaxReadAhead, (FuseCapabilities)uint.MaxValue);
        return (await AskAsync(FuseOpcode.Init, node: 0, Body(init, new byte[48]))).Read<FuseInitReply>();
    }

    /// <summary>Asks, and waits for the answer.</summary>
    public Task<FuseAnswer> AskAsync(FuseOpcode opcode, ulong node, ReadOnlySpan<byte> body, Ownership who = default) =>
        SendAsync(Request(opcode, node, body, who));

    /// <summary>Tells what is not answered.</summary>
    public async Task TellAsync(FuseOpcode opcode, ulong node, byte[] body)
    {
        byte[] request = Request(opcode, node, body);
        int length = await dispatcher.AnswerAsync(request, new byte[dispatcher.RoomFor(request)]);
        Invariant.Require(length == 0, "what is only told is not answered");
    }

    /// <summary>Sends any bytes with at least a header, and waits for the answer.</summary>
    public async Task<FuseAnswer> SendAsync(byte[] request)
    {
        byte[] reply = new byte[dispatcher.RoomFor(request)];
        int length = await dispatcher.AnswerAsync(request, reply);
        int headerSize = Unsafe.SizeOf<FuseReplyHeader>();
        Invariant.Require(length >= headerSize, "an answer has a header");
        FuseReplyHeader header = MemoryMarshal.Read<FuseReplyHeader>(reply);
        Invariant.Require(header.Length == length, "an answer is as long as it says");
        Invariant.Require(header.Unique == MemoryMarshal.Read<FuseRequestHeader>(request).Unique, "an answer is one to its request");
        Invariant.Require(header.Error <= 0, "an error is negative");
        Invariant.Require(header.Error == 0 || length == headerSize, "nothing follows an error");
        return new FuseAnswer((Errno)(-header.Error), reply.AsMemory(headerSize..length));
    }

    /// <summary>A structure, and what follows it.</summary>
    public static byte[] Body<T>(in T value, params ReadOnlySpan<byte> rest)
        where T : unmanaged
    {
        byte[] body = new byte[Unsafe.SizeOf<T>() + rest.Length];
        MemoryMarshal.Write(body, in value);
        rest.CopyTo(body.AsSpan(Unsafe.SizeOf<T>()));
        return body;
    }

    /// <summary>Names, each ended by NUL.</summary>
    public static byte[] Names(params ReadOnlySpan<FileName> names)
    {
        var bytes = new List<byte>();
        foreach (FileName name in names)
        {
            bytes.AddRange(name.Bytes);
            bytes.Add(0);
        }

        return [.. bytes];
    }
}

/// <summary>An answer, its header taken off.</summary>
/// <param name="Error">Of the header.</param>
/// <param name="Data">What follows it.</param>
public readonly record struct FuseAnswer(Errno Error, ReadOnlyMemory<byte> Data)
{
    /// <summary>The structure that the answer is, or its error.</summary>
    public Result<T> Read<T>()
        where T : unmanaged
    {
        if (Error != Errno.OK)
            return Error;
        Invariant.Require(Data.Length == Unsafe.SizeOf<T>(), "an answer is the structure that was asked for");
        return MemoryMarshal.Read<T>(Data.Span);
    }
}
