using Grpc.Core;
using Grpc.Core.Testing;

namespace Raid5Verify.Simulation;

/// <summary>
/// The channel under a generated client: serialises the request with the real marshaller and sends it through the
/// simulated network. Unary calls, asynchronous.
/// </summary>
internal sealed class SimCallInvoker(HostLife client, Host server) : CallInvoker
{
    private static readonly Task<Metadata> NoHeaders = Task.FromResult(Metadata.Empty);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var world = client.World;
        world.RequireSimulationThread("a call");
        var network = world.Network;
        var call = new RpcCall<TRequest, TResponse>(
            network.NextCallId(), client, server, network.LabelsOf(method.FullName), method)
        {
            Headers = options.Headers ?? Metadata.Empty,
        };
        if (!client.IsDead)
        {
            Open(call, options, network.Writer.Write(method.RequestMarshaller, request));
        }

        return TestCalls.AsyncUnaryCall(
            call.Reply,
            NoHeaders,
            () => call.Status,
            static () => Metadata.Empty,
            () => call.Abandon(new Status(StatusCode.Cancelled, "the call was disposed of")));
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        client.World.Fail(SimulationFailure.BlockingWait, $"{method.FullName} was called synchronously");
        throw new InvalidOperationException();
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException("the simulated network carries unary calls");

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("the simulated network carries unary calls");

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("the simulated network carries unary calls");

    private void Open(RpcCall call, CallOptions options, byte[] payload)
    {
        var world = client.World;
        world.Network.Opened(call);
        if (options.CancellationToken.IsCancellationRequested)
        {
            call.End(new Status(StatusCode.Cancelled, "cancelled before it was sent"), []);
            return;
        }

        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var left = VirtualTime.ToNs(deadline.ToUniversalTime() - client.Clock.GetUtcNow().UtcDateTime);
            call.TimeoutNs = Math.Max(client.Host.WorldNs(left), 1);
            world.Events.Add(call, world.NowNs + call.TimeoutNs);
        }

        if (options.CancellationToken.CanBeCanceled)
        {
            call.Registration = options.CancellationToken.UnsafeRegister(
                static state => ((RpcCall)state!).Abandon(new Status(StatusCode.Cancelled, "cancelled by the client")), call);
        }

        world.Network.Send(client.Host, server, PacketKind.Request, call, payload);
    }
}
