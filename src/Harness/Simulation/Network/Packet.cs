using System.IO.Hashing;

namespace Raid5Verify.Simulation;

/// <summary>What a packet carries.</summary>
public enum PacketKind
{
    /// <summary>A call's method and request message.</summary>
    Request,

    /// <summary>Its answer: a status, and a reply message where that is OK.</summary>
    Reply,

    /// <summary>The caller has given the call up.</summary>
    Cancel,

    /// <summary>The connection is gone: no such program, or it died.</summary>
    Reset,
}

/// <summary>One message on its way from host to host. Rules may look at it, delay it, copy it or damage it.</summary>
public sealed class Packet
{
    internal Packet(Link link, PacketKind kind, RpcCall call, byte[] payload)
    {
        Link = link;
        Kind = kind;
        Call = call;
        Payload = payload;
    }

    public Host From => Link.From;

    public Host To => Link.To;

    public PacketKind Kind { get; }

    /// <summary>The gRPC method, such as <c>/package.Service/Method</c>.</summary>
    public string Method => Call.Method.Text;

    /// <summary>The protobuf bytes; empty for packets without a message. Damaged by replacing, never in place.</summary>
    public byte[] Payload
    {
        get;
        set
        {
            field = value;
            PayloadHash = unchecked((long)XxHash3.HashToUInt64(value));
        }
    }

    /// <summary>Added by rules to the link's own latency.</summary>
    public TimeSpan ExtraDelay { get; set; }

    /// <summary>The further delays of its copies; empty for the one message that it is.</summary>
    internal List<TimeSpan>? Copies { get; private set; }

    internal Link Link { get; }

    internal RpcCall Call { get; }

    /// <summary>For replies: how the call ended.</summary>
    internal Grpc.Core.Status Status { get; init; }

    internal long Cause { get; set; }

    /// <summary>Of the bytes, for the trace.</summary>
    internal long PayloadHash { get; private set; }

    /// <summary>Lets it arrive once more, with a latency of its own and this much later.</summary>
    public void Duplicate(TimeSpan lag) => (Copies ??= []).Add(lag);

    internal Packet Copy(TimeSpan lag) => new(Link, Kind, Call, Payload) { Status = Status, ExtraDelay = ExtraDelay + lag, Cause = Cause };
}

/// <summary>The way from one host to another, in one direction.</summary>
internal sealed class Link(Host from, Host to, Dice dice, Latency latency)
{
    internal Host From { get; } = from;

    internal Host To { get; } = to;

    internal Label Label { get; } = new($"{from.Name}>{to.Name}");

    internal Dice Dice { get; } = dice;

    internal Latency Latency { get; set; } = latency;
}
