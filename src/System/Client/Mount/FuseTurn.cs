using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Raid5Fs.Client.Mount;

/// <summary>
/// One request from when it is read to when its answer is written, with the memory of both: owned by the thread that reads it, then by
/// the executor that answers it, then by who writes the answer, who gives it back.
/// </summary>
internal sealed class FuseTurn(int longestRequest)
{
    /// <summary>Pinned, as the kernel writes into it, and never cleared.</summary>
    private readonly byte[] _request = GC.AllocateUninitializedArray<byte>(longestRequest, pinned: true);
    private byte[]? _reply;

    /// <summary>Where the answer goes: the descriptor that the request came by.</summary>
    public SafeFileHandle? Device { get; set; }

    /// <summary>Bytes of the request.</summary>
    public int RequestLength { get; set; }

    /// <summary>Bytes of the answer.</summary>
    public int ReplyLength { get; set; }

    public Span<byte> Room => _request;

    public ReadOnlyMemory<byte> Request => _request.AsMemory(0, RequestLength);

    public ReadOnlySpan<byte> Reply => _reply.AsSpan(0, ReplyLength);

    /// <summary>Memory for an answer of up to so many bytes.</summary>
    public Memory<byte> RentReply(int length) => _reply = ArrayPool<byte>.Shared.Rent(length);

    public void ReturnReply()
    {
        if (_reply is not null)
            ArrayPool<byte>.Shared.Return(_reply);
        _reply = null;
    }
}

/// <summary>Turns that are not in use. Thread-safe.</summary>
internal sealed class FuseTurns(int longestRequest)
{
    /// <summary>As many are kept: a kernel seldom has more requests under way.</summary>
    private const int Kept = 96;

    private readonly ConcurrentBag<FuseTurn> _free = [];

    public FuseTurn Take() => _free.TryTake(out FuseTurn? turn) ? turn : new FuseTurn(longestRequest);

    public void Return(FuseTurn turn)
    {
        turn.ReturnReply();
        if (_free.Count < Kept)
            _free.Add(turn);
    }
}
