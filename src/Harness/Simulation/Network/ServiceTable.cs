using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>The methods that one life of a host serves: what a generated <c>BindService</c> binds to.</summary>
internal sealed class ServiceTable(HostLife life) : ServiceBinderBase
{
    private readonly Dictionary<string, Func<Strand, Packet, ServerCall>> _methods = [];

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        // Called with null where a framework makes the instance itself; here the instance is always given.
        ArgumentNullException.ThrowIfNull(handler);
        _methods[method.FullName] = (strand, request) =>
            new ServerCall<TRequest, TResponse>(life, strand, request, method, handler);
    }

    /// <summary>Whether it serves any.</summary>
    internal bool Any => _methods.Count > 0;

    internal void Clear() => _methods.Clear();

    /// <summary>Begins the handler of a request, as a step of the host. False if nothing serves its method.</summary>
    internal bool Dispatch(Packet request)
    {
        if (!_methods.TryGetValue(request.Method, out var begin))
        {
            return false;
        }

        var world = life.World;
        var strand = world.Scheduler.NewStrand(request.Call.Method);
        var handler = begin(strand, request);
        request.Call.Handlers.Add(handler);
        if (request.Call.TimeoutNs > 0)
        {
            world.Events.Add(handler, world.NowNs + request.Call.TimeoutNs);
        }

        world.Scheduler.Enqueue(life, strand, ServerCall.Begin, handler);
        return true;
    }
}
