using System.Buffers;
using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>Lets a generated marshaller write one message into an array of its own. Reused, one message at a time.</summary>
internal sealed class MessageWriter : SerializationContext, IBufferWriter<byte>
{
    private byte[] _buffer = [];
    private int _written;

    internal byte[] Write<T>(Marshaller<T> marshaller, T message)
    {
        _buffer = [];
        _written = 0;
        marshaller.ContextualSerializer(message, this);
        var payload = _written == _buffer.Length ? _buffer : _buffer.AsSpan(0, _written).ToArray();
        _buffer = [];
        return payload;
    }

    public override void SetPayloadLength(int payloadLength) =>
        _buffer = GC.AllocateUninitializedArray<byte>(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload)
    {
        _buffer = payload;
        _written = payload.Length;
    }

    void IBufferWriter<byte>.Advance(int count) => _written += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _written + Math.Max(sizeHint, 1);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, _buffer.Length * 2));
        }
    }
}

/// <summary>Hands a generated marshaller one message's bytes. Reused, one message at a time.</summary>
internal sealed class MessageReader : DeserializationContext
{
    private byte[] _payload = [];

    public override int PayloadLength => _payload.Length;

    /// <returns>False if the bytes are no such message.</returns>
    internal bool TryRead<T>(Marshaller<T> marshaller, byte[] payload, out T message)
    {
        _payload = payload;
        try
        {
            message = marshaller.ContextualDeserializer(this);
            return true;
        }
        catch (Exception)
        {
            // As gRPC itself does: whatever a marshaller throws at bytes it cannot read is an answer, not a bug.
            message = default!;
            return false;
        }
        finally
        {
            _payload = [];
        }
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(_payload);
}
