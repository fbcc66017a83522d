using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Raid5Fs.Server.Serving;

/// <summary>What is the same for each port that this process listens at.</summary>
internal static class ServerPort
{
    /// <summary>An application that listens at one endpoint and knows of nothing but what it is told here.</summary>
    /// <remarks>Empty: no ASPNETCORE_ variable and no appsettings.json says what it does, and no signal stops it.</remarks>
    public static WebApplicationBuilder CreateBuilder(
        IPEndPoint endpoint, Action<ILoggingBuilder> logging, Action<KestrelServerOptions> configure, Action<ListenOptions> listener)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = Terminal.ProgramName });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            configure(kestrel);
            kestrel.Listen(endpoint, listener);
        });
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    /// <summary>Where a started application listens, such as <c>http://127.0.0.1:7000</c>.</summary>
    public static string AddressOf(WebApplication application) =>
        application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The errno's name for an endpoint that cannot be listened at; null for an exception that says something else.</summary>
    public static string? Fault(Exception thrown) => thrown switch
    {
        IOException { InnerException: AddressInUseException } => "EADDRINUSE",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "EACCES",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "EADDRNOTAVAIL",
        SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported } => "EAFNOSUPPORT",
        _ => null,
    };

    /// <summary>Signals are the program's, not its parts'.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
