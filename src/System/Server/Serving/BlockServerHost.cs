using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Raid5Fs.Server.Serving;

/// <summary>Kestrel with the block server's service on it: gRPC over HTTP/2, without TLS.</summary>
internal sealed class BlockServerHost : IAsyncDisposable
{
    private const int StreamWindow = 4 << 20;
    private const int ConnectionWindow = 8 << 20;

    private readonly WebApplication _application;

    private BlockServerHost(WebApplication application) => _application = application;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:7000</c>.</summary>
    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <exception cref="IOException">The port cannot be listened at.</exception>
    public static async Task<BlockServerHost> StartAsync(IPEndPoint endpoint, ExecutedService service)
    {
        // Empty: nothing but the settings of this program says what it does, no ASPNETCORE_ variable and no appsettings.json.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = Terminal.ProgramName });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
            kestrel.Listen(endpoint, listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);

        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapGrpcService<ExecutedService>();
        await application.StartAsync();
        return new BlockServerHost(application);
    }

    /// <summary>Takes no new calls, and waits for those under way.</summary>
    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
