using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Mischief;
using Raid5Fs.Server.Watching;

namespace Raid5Fs.Server.Serving;

/// <summary>How calls are taken.</summary>
internal sealed record BlockServerOptions
{
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>Null for none.</summary>
    public required ServerTls? Tls { get; init; }

    /// <summary>At the same time, from 1.</summary>
    public required int MaxCalls { get; init; }

    /// <summary>At the same time, from 1.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>For the calls under way when the server stops.</summary>
    public required TimeSpan StopWithin { get; init; }

    /// <summary>Each so manyth call waits; null for none.</summary>
    public required (int Every, TimeSpan For)? Delay { get; init; }
}

/// <summary>
/// Kestrel with the block server's service on it: gRPC over HTTP/2, with the standard services for health and reflection.
/// </summary>
internal sealed class BlockServerHost : IAsyncDisposable
{
    // The largest that Kestrel was measured to gain from.
    private const int StreamWindow = 4 << 20;
    private const int ConnectionWindow = 8 << 20;

    private readonly WebApplication _application;

    private BlockServerHost(WebApplication application) => _application = application;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:7000</c>.</summary>
    public string Address => ServerPort.AddressOf(_application);

    /// <exception cref="Exception">The port cannot be listened at: see <see cref="ServerPort.Fault"/>.</exception>
    public static async Task<BlockServerHost> StartAsync(
        BlockServerOptions options, OpenMember member, ExecutedService service, CallMetrics metrics, Action<ILoggingBuilder> logging)
    {
        WebApplicationBuilder builder = ServerPort.CreateBuilder(
            options.Endpoint,
            logging,
            kestrel =>
            {
                kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
                kestrel.Limits.Http2.MaxStreamsPerConnection = options.MaxCalls;
                kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
                kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
            },
            listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                if (options.Tls is { } tls)
                {
                    listener.UseHttps(tls.ToOptions());
                }
            });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopWithin);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = CallLimits.MaxRequestBytes(member.Store.Geometry.BlockSize);
            grpc.EnableDetailedErrors = false;
        }).AddServiceOptions<ExecutedService>(grpc =>
        {
            if (options.Delay is not null)
            {
                grpc.Interceptors.Add<DelayingInterceptor>();
            }
        });
        builder.Services.AddSingleton(service);
        if (options.Delay is { } delay)
        {
            // One for all calls, which it counts.
            builder.Services.AddSingleton(services =>
                new DelayingInterceptor(delay.Every, delay.For, services.GetRequiredService<ILoggerFactory>()));
        }

        builder.Services.AddGrpcReflection();
        builder.Services
            .AddGrpcHealthChecks(health => health.Services.Map(Protocol.BlockServer.Descriptor.FullName, static _ => true))
            .AddCheck("member", () => member.Store.Halted.IsCompleted ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());

        WebApplication application = builder.Build();
        application.Use(new CallGate(options.MaxCalls, metrics).PassAsync);
        application.UseRouting();
        application.MapGrpcService<ExecutedService>();
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        await application.StartAsync();
        return new BlockServerHost(application);
    }

    /// <summary>Takes no new calls, and waits for those under way, as long as was said; then they are broken off.</summary>
    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
