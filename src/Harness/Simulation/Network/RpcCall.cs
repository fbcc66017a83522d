using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>The labels of one gRPC method's packets.</summary>
internal sealed class MethodLabels(string method)
{
    private static readonly string[] KindNames = [.. Enum.GetNames<PacketKind>().Select(static name => name.ToLowerInvariant())];

    private readonly Label[] _packets = Array.ConvertAll(KindNames, kind => new Label($"{kind} {method}"));

    internal Label Method { get; } = new(method);

    internal Label Of(PacketKind kind) => _packets[(int)kind];
}

/// <summary>
/// One call as its client sees it: open until a reply, a reset, the deadline or a cancellation ends it, whichever comes
/// first. As an event of the queue it is its own deadline.
/// </summary>
internal abstract class RpcCall : TimedEvent
{
    private protected RpcCall(long id, HostLife client, Host server, MethodLabels labels)
    {
        Id = id;
        Client = client;
        Server = server;
        Labels = labels;
        OpenedNs = client.World.NowNs;
    }

    internal long Id { get; }

    internal HostLife Client { get; }

    internal Host Server { get; }

    internal MethodLabels Labels { get; }

    internal Label Method => Labels.Method;

    /// <summary>World nanoseconds that the server may take, sent along as gRPC does; 0 is no bound.</summary>
    internal long TimeoutNs { get; set; }

    internal Metadata Headers { get; init; } = Metadata.Empty;

    /// <summary>The handlers that run for it: more than one if the request was duplicated.</summary>
    internal List<ServerCall> Handlers { get; } = [];

    internal bool IsOpen { get; private set; } = true;

    internal Status Status { get; private set; }

    internal CancellationTokenRegistration Registration { get; set; }

    private long OpenedNs { get; }

    public override string ToString() =>
        $"call {Id} {Method} of {Client.Host.Name} to {Server.Name}, open since {OpenedNs / 1e6} ms,";

    /// <summary>Ends the call with a status and, if that is OK, the reply's bytes.</summary>
    internal void End(Status status, byte[] payload)
    {
        if (!IsOpen)
        {
            return;
        }

        IsOpen = false;
        Status = status;
        var world = Client.World;
        world.Events.Remove(this);
        world.Network.Close(this);
        Registration.Unregister();
        if (!Client.IsDead)
        {
            Status = Complete(status, payload);
        }
    }

    /// <summary>Ends it from the client's side, and tells the server, unless the client is paused and cannot.</summary>
    internal void Abandon(Status status)
    {
        if (IsOpen && !Client.IsDead)
        {
            var network = Client.World.Network;
            network.TraceEnd(this, status);
            End(status, []);
            if (!Client.Host.IsPaused)
            {
                network.Send(Client.Host, Server, PacketKind.Cancel, this, []);
            }
        }
    }

    internal override void Fire() => Abandon(new Status(StatusCode.DeadlineExceeded, "the deadline is over"));

    /// <returns>The status that the client got: another than the server's where the reply could not be read.</returns>
    private protected abstract Status Complete(Status status, byte[] payload);
}

internal sealed class RpcCall<TRequest, TReply>(
    long id, HostLife client, Host server, MethodLabels labels, Method<TRequest, TReply> method)
    : RpcCall(id, client, server, labels)
    where TRequest : class
    where TReply : class
{
    private readonly TaskCompletionSource<TReply> _reply = new();

    internal Task<TReply> Reply => _reply.Task;

    private protected override Status Complete(Status status, byte[] payload)
    {
        if (status.StatusCode == StatusCode.OK)
        {
            if (Client.World.Network.Reader.TryRead(method.ResponseMarshaller, payload, out var reply))
            {
                _reply.SetResult(reply);
                return status;
            }

            status = new Status(StatusCode.Internal, "the reply is no such message");
        }

        _reply.SetException(new RpcException(status));
        return status;
    }
}
