using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Settings;

namespace Raid5Fs.Server.Watching;

/// <summary>What the server logs of its own life, to the standard error: the standard output is for the line that scripts wait for.</summary>
internal static partial class ServerLog
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    /// <summary>How all parts of the process log.</summary>
    public static Action<ILoggingBuilder> Configure(LogFormat format, LogLevel least) => logging =>
    {
        logging.SetMinimumLevel(least);

        // What Kestrel and gRPC say at "information" is a line a call.
        LogLevel leastOfFramework = least == LogLevel.Information ? LogLevel.Warning : least;
        foreach (string framework in (string[])["Microsoft", "Grpc", "System"])
        {
            logging.AddFilter(framework, leastOfFramework);
        }

        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = Timestamp.TrimEnd();
            });
        }
        else
        {
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.UseUtcTimestamp = true;
                text.TimestampFormat = Timestamp;
                text.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
    };

    [LoggerMessage(EventId = 1, EventName = "Formatted", Level = LogLevel.Information, Message = "{Folder}: formatted as {Member}")]
    public static partial void Formatted(this ILogger log, string folder, MemberGeometry member);

    [LoggerMessage(EventId = 2, EventName = "Serving", Level = LogLevel.Information, Message = "{Folder}: serving {Member} at {Address}, boot {Boot:x16}")]
    public static partial void Serving(this ILogger log, string folder, MemberGeometry member, string address, ulong boot);

    [LoggerMessage(EventId = 3, EventName = "ServingMetrics", Level = LogLevel.Information, Message = "metrics at {Address}/metrics")]
    public static partial void ServingMetrics(this ILogger log, string address);

    [LoggerMessage(EventId = 4, EventName = "Unprotected", Level = LogLevel.Warning, Message = "{Address}: whoever reaches it may take the array, as {Reason}")]
    public static partial void Unprotected(this ILogger log, string address, string reason);

    [LoggerMessage(EventId = 5, EventName = "Mischief", Level = LogLevel.Warning, Message = "told to misbehave: {What}")]
    public static partial void ToldToMisbehave(this ILogger log, string what);

    [LoggerMessage(EventId = 6, EventName = "Stopping", Level = LogLevel.Information, Message = "told to stop: the calls under way have {Span}")]
    public static partial void Stopping(this ILogger log, TimeSpan span);

    [LoggerMessage(EventId = 7, EventName = "Stopped", Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(this ILogger log);
}
