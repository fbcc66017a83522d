using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Raid5Fs.Server.Serving;

namespace Raid5Fs.Server.Watching;

/// <summary>The instruments of this process for Prometheus, over HTTP on a port of their own: <c>/metrics</c> and nothing else.</summary>
internal sealed class MetricsHost : IAsyncDisposable
{
    private const int MaxConnections = 16;

    private readonly WebApplication _application;

    private MetricsHost(WebApplication application) => _application = application;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:9000</c>.</summary>
    public string Address => ServerPort.AddressOf(_application);

    /// <exception cref="IOException">The port cannot be listened at.</exception>
    public static async Task<MetricsHost> StartAsync(IPEndPoint endpoint, MemberMetrics member, Action<ILoggingBuilder> logging)
    {
        WebApplicationBuilder builder = ServerPort.CreateBuilder(
            endpoint,
            logging,
            kestrel => kestrel.Limits.MaxConcurrentConnections = MaxConnections,
            listener => listener.Protocols = HttpProtocols.Http1);
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(Terminal.ProgramName)).WithMetrics(metrics => metrics
            .AddMeter(CallMetrics.MeterName, MemberMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));

        WebApplication application = builder.Build();
        application.Use(async (context, next) =>
        {
            await member.RefreshAsync();
            await next(context);
        });
        application.UseOpenTelemetryPrometheusScrapingEndpoint();
        await application.StartAsync();
        return new MetricsHost(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
