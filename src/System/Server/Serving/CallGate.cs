using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Raid5Fs.Server.Watching;

namespace Raid5Fs.Server.Serving;

/// <summary>
/// Lets so many calls in at the same time. One more is refused before its message is read, so that what calls hold in memory is
/// bounded by their number and the size of a message.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CallGate(int limit, CallMetrics metrics)
{
    private static readonly string ResourceExhausted = ((int)StatusCode.ResourceExhausted).ToString(CultureInfo.InvariantCulture);

    private int _inside;

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) <= limit)
            {
                await next(context);
            }
            else
            {
                Refuse(context);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    /// <summary>An answer of gRPC that has no message: its status stands in the headers.</summary>
    private void Refuse(HttpContext context)
    {
        metrics.NoteRefused("any");
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ResourceExhausted;
        context.Response.Headers["grpc-message"] = $"the server takes {limit} calls at the same time";
    }
}
