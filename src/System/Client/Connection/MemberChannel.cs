using System.Net.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace Raid5Fs.Client.Connection;

/// <summary>The way to one member: connections to the server that holds its place, over which calls take turns.</summary>
/// <remarks>
/// A blank server may take the place while the array is in use (<see cref="Redirect"/>): the array then finds another boot at the
/// same place, and has it join. Thread-safe, but for the disposal, which comes last.
/// </remarks>
internal sealed class MemberChannel : CallInvoker, IDisposable
{
    // A row's worth of blocks is 256 KiB; several calls are under way at once. HTTP/2 begins with 64 KiB.
    private const int StreamWindow = 4 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstReconnect = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowestReconnect = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeepAliveDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(5);

    private readonly int _connections;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly List<GrpcChannel> _opened = [];
    private CallInvoker[] _invokers;
    private uint _turn;

    /// <param name="server">Where the member is.</param>
    /// <param name="connections">At least 1.</param>
    /// <param name="tls">Null: not encrypted.</param>
    public MemberChannel(ServerAddress server, int connections, SslClientAuthenticationOptions? tls)
    {
        _connections = connections;
        _tls = tls;
        Server = server;
        _invokers = Open(server);
    }

    /// <summary>Where calls go.</summary>
    public ServerAddress Server { get; private set; }

    /// <summary>Calls go to another server from here on; those under way end where they are.</summary>
    public void Redirect(ServerAddress server)
    {
        Server = server;
        _invokers = Open(server);
    }

    public void Dispose() => _opened.ForEach(static channel => channel.Dispose());

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Next().AsyncUnaryCall(method, host, options, request);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Next().BlockingUnaryCall(method, host, options, request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Next().AsyncServerStreamingCall(method, host, options, request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Next().AsyncClientStreamingCall(method, host, options);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Next().AsyncDuplexStreamingCall(method, host, options);

    private CallInvoker Next()
    {
        CallInvoker[] invokers = _invokers;
        return invokers.Length == 1 ? invokers[0] : invokers[Interlocked.Increment(ref _turn) % (uint)invokers.Length];
    }

    private CallInvoker[] Open(ServerAddress server)
    {
        var invokers = new CallInvoker[_connections];
        for (int i = 0; i < invokers.Length; i++)
        {
            var handler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                InitialHttp2StreamWindowSize = StreamWindow,
                ConnectTimeout = ConnectTimeout,
                KeepAlivePingDelay = KeepAliveDelay,
                KeepAlivePingTimeout = KeepAliveTimeout,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                UseProxy = false,
            };
            if (_tls is not null)
            {
                handler.SslOptions = _tls;
            }

            var channel = GrpcChannel.ForAddress(server.ToUri(_tls is not null), new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                InitialReconnectBackoff = FirstReconnect,
                MaxReconnectBackoff = SlowestReconnect,
            });
            _opened.Add(channel);
            invokers[i] = channel.CreateCallInvoker();
        }

        return invokers;
    }
}
