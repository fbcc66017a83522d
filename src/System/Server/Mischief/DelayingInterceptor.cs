using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Raid5Fs.Server.Mischief;

/// <summary>Each K-th call waits before it is looked at, for as long as a client with a deadline may not want to wait.</summary>
/// <param name="every">K, from 1.</param>
/// <param name="delay">How long.</param>
/// <param name="logs">Each wait is logged.</param>
/// <remarks>Thread-safe. A call that its client gives up ends at once, without effect.</remarks>
internal sealed partial class DelayingInterceptor(int every, TimeSpan delay, ILoggerFactory logs) : Interceptor
{
    private readonly ILogger _log = logs.CreateLogger(Terminal.ProgramName);
    private long _calls;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (Interlocked.Increment(ref _calls) % every == 0)
        {
            LogWait(context.Method, delay);
            await Task.Delay(delay, context.CancellationToken);
        }

        return await continuation(request, context);
    }

    [LoggerMessage(EventId = 12, EventName = "Delayed", Level = LogLevel.Information, Message = "{Method}: a call waits {Span}")]
    private partial void LogWait(string method, TimeSpan span);
}
