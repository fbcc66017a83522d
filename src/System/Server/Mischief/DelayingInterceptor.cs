using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Raid5Fs.Server.Mischief;

/// <summary>Each K-th call waits before it is looked at, for as long as a client with a deadline may not want to wait.</summary>
/// <param name="every">K, from 1.</param>
/// <param name="delay">How long.</param>
/// <remarks>Thread-safe. A call that its client gives up ends at once, without effect.</remarks>
internal sealed class DelayingInterceptor(int every, TimeSpan delay) : Interceptor
{
    private long _calls;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (Interlocked.Increment(ref _calls) % every == 0)
        {
            await Task.Delay(delay, context.CancellationToken);
        }

        return await continuation(request, context);
    }
}
