using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>A call as its server sees it: one handler for one request that arrived. As an event it is its deadline.</summary>
#pragma warning disable CA1001 // The token source has no timer and no wait handle: nothing to dispose of.
internal abstract class ServerCall : TimedEvent
#pragma warning restore CA1001
{
    internal static readonly SendOrPostCallback Begin = static call => _ = ((ServerCall)call!).RunAsync();

    private static readonly SendOrPostCallback CancelToken = static call => ((ServerCall)call!)._cancellation.Cancel();

    private readonly CancellationTokenSource _cancellation = new();
    private readonly Strand _strand;

    private protected ServerCall(HostLife life, Strand strand, Packet request)
    {
        Life = life;
        _strand = strand;
        Request = request;
    }

    private protected HostLife Life { get; }

    private protected Packet Request { get; }

    private protected CancellationToken Cancellation => _cancellation.Token;

    /// <summary>The client no longer waits: tells the handler, as a step of its own.</summary>
    internal void Cancel() => Life.World.Scheduler.Enqueue(Life, _strand, CancelToken, this);

    internal override void Fire() => Cancel();

    /// <summary>Has the request handled, and ends with <see cref="Answer"/>.</summary>
    private protected abstract Task RunAsync();

    private protected void Answer(Status status, byte[] payload)
    {
        Life.World.Events.Remove(this);
        Request.Call.Handlers.Remove(this);
        if (!Life.IsDead)
        {
            Life.World.Network.Send(Life.Host, Request.From, PacketKind.Reply, Request.Call, payload, status);
        }
    }

    /// <summary>A handler answers errors as values or as an <see cref="RpcException"/>; anything else is a bug.</summary>
    private protected bool Report(Exception thrown)
    {
        Life.World.ReportFailure(thrown as SimulationException ?? new SimulationException(
            SimulationFailure.UnhandledException,
            $"{Request.Method} on {Life.Host.Name} threw {thrown.GetType().Name}: {thrown.Message}",
            thrown));
        return false;
    }
}

internal sealed class ServerCall<TRequest, TReply>(
    HostLife life,
    Strand strand,
    Packet request,
    Method<TRequest, TReply> method,
    UnaryServerMethod<TRequest, TReply> handler)
    : ServerCall(life, strand, request)
    where TRequest : class
    where TReply : class
{
    private protected override async Task RunAsync()
    {
        try
        {
            var status = Status.DefaultSuccess;
            byte[] payload = [];
            try
            {
                var network = Life.World.Network;
                if (network.Reader.TryRead(method.RequestMarshaller, Request.Payload, out var message))
                {
                    payload = network.Writer.Write(method.ResponseMarshaller, await handler(message, Context()));
                }
                else
                {
                    status = new Status(StatusCode.Internal, "the request is no such message");
                }
            }
            catch (RpcException refused)
            {
                status = refused.Status;
            }
            catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
            {
                status = new Status(StatusCode.Cancelled, "the client gave up");
            }

            Answer(status, payload);
        }
        catch (Exception thrown) when (Report(thrown))
        {
            throw;
        }
    }

    private ServerCallContext Context()
    {
        var timeout = Request.Call.TimeoutNs;
        return Grpc.Core.Testing.TestServerCallContext.Create(
            method.FullName,
            Life.Host.Name,
            timeout > 0
                ? Life.Clock.GetUtcNow().UtcDateTime + VirtualTime.FromNs(Life.Host.LocalNs(timeout) - Life.Host.LocalNs(0))
                : DateTime.MaxValue,
            Request.Call.Headers,
            Cancellation,
            Request.From.Name,
            null,
            null,
            static _ => Task.CompletedTask,
            static () => WriteOptions.Default,
            static _ => { });
    }
}
