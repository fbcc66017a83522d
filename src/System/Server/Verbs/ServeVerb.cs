using System.Net;
using Microsoft.Extensions.Logging;
using Raid5Fs.Primitives;
using Raid5Fs.Server.Serving;
using Raid5Fs.Server.Settings;
using Raid5Fs.Server.Watching;

namespace Raid5Fs.Server.Verbs;

/// <summary><c>serve</c>: a member, until it is told to stop.</summary>
internal static class ServeVerb
{
    /// <summary>Each disk call blocks a thread of the pool, which begins with one a core and grows slowly.</summary>
    private const int PoolThreads = 32;

    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);

    public static IReadOnlyList<Setting> Settings { get; } = KnownSettings.All;

    public static async Task<ExitCode> RunAsync(SettingValues values, Terminal terminal)
    {
        foreach (Setting needed in (Setting[])[KnownSettings.Data, KnownSettings.Listen])
        {
            if (!values.Has(needed))
            {
                return terminal.RefuseUsage($"{needed.Option.Name} is needed");
            }
        }

        if (ServerTls.Read(values, out ServerTls? read) is { } wrongTls)
        {
            return terminal.RefuseUsage(wrongTls);
        }

        using ServerTls? tls = read;
        bool isInsecure = values.Get(KnownSettings.InsecureBeyondLoopback, otherwise: false);
        string? exposed =
            Exposed(values, KnownSettings.Listen, isInsecure || tls is not null, "it needs --tls-certificate and --tls-key, or --insecure-beyond-loopback")
            ?? Exposed(values, KnownSettings.MetricsListen, isInsecure, "metrics go unprotected, so it needs --insecure-beyond-loopback");
        if (exposed is not null)
        {
            return terminal.RefuseUsage(exposed);
        }

        ThreadPool.GetMinThreads(out int workers, out int others);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), others);
        using var signals = new StopSignals();
        Action<ILoggingBuilder> logging = ServerLog.Configure(
            values.Get(KnownSettings.LogFormat, LogFormat.Text), values.Get(KnownSettings.LogLevel, LogLevel.Information));
        using ILoggerFactory logs = LoggerFactory.Create(logging);
        ILogger log = logs.CreateLogger(Terminal.ProgramName);

        (OpenMember? opened, ExitCode refused) = await MemberOpening.RunAsync(values, terminal, log);
        if (opened is null)
        {
            return refused;
        }

        await using OpenMember member = opened;
        ExitCode ended = await ServeAsync(member, tls, values, terminal, logging, log, signals);
        return ended;
    }

    private static async Task<ExitCode> ServeAsync(
        OpenMember member,
        ServerTls? tls,
        SettingValues values,
        Terminal terminal,
        Action<ILoggingBuilder> logging,
        ILogger log,
        StopSignals signals)
    {
        using var calls = new CallMetrics();
        var badRows = new BadRows(log);
        using var figures = new MemberMetrics(member, badRows);
        BlockServerOptions options = Options(values, tls);
        string folder = values.Get(KnownSettings.Data, "");
        IPEndPoint metricsEndpoint = values.Get(KnownSettings.MetricsListen, Nowhere);
        IPEndPoint tried = options.Endpoint;
        try
        {
            await using BlockServerHost host = await BlockServerHost.StartAsync(
                options, member, new ExecutedService(member, badRows, calls), calls, logging);
            tried = metricsEndpoint;
            await using MetricsHost? metrics = values.Has(KnownSettings.MetricsListen)
                ? await MetricsHost.StartAsync(metricsEndpoint, figures, logging)
                : null;

            Tell(log, options, host, metrics, member, folder);
            terminal.Out.WriteLine($"listening on {host.Address}");
            await Task.WhenAny(signals.Asked, member.Store.Halted);
            if (signals.Asked.IsCompleted)
            {
                log.Stopping(options.StopWithin);
            }

            await host.StopAsync();
        }
        catch (Exception thrown) when (ServerPort.Fault(thrown) is { } name)
        {
            return terminal.Refuse(name, $"{tried} cannot be listened at");
        }

        if (member.Store.Halted.IsCompleted)
        {
            // A bug is told as what it is.
            await member.Store.Halted;
            return terminal.Refuse($"{Errno.EIO}", $"{folder}: the disk failed; a new start finds out what is durable");
        }

        log.Stopped();
        return ExitCode.Done;
    }

    private static BlockServerOptions Options(SettingValues values, ServerTls? tls) => new()
    {
        Endpoint = values.Get(KnownSettings.Listen, Nowhere),
        Tls = tls,
        MaxCalls = values.Get(KnownSettings.MaxCalls, KnownSettings.DefaultMaxCalls),
        MaxConnections = values.Get(KnownSettings.MaxConnections, KnownSettings.DefaultMaxConnections),
        StopWithin = values.Get(KnownSettings.StopWithin, KnownSettings.DefaultStopWithin),
        Delay = values.Has(KnownSettings.DelayAt)
            ? (values.Get(KnownSettings.DelayAt, 1), values.Get(KnownSettings.Delay, KnownSettings.DefaultDelay))
            : null,
    };

    private static void Tell(
        ILogger log, BlockServerOptions options, BlockServerHost host, MetricsHost? metrics, OpenMember member, string folder)
    {
        log.Serving(folder, member.Store.Geometry, host.Address, member.Store.BootId);
        if (metrics is not null)
        {
            log.ServingMetrics(metrics.Address);
        }

        if (!IPAddress.IsLoopback(options.Endpoint.Address) && options.Tls is not { IsMutual: true })
        {
            log.Unprotected(host.Address, options.Tls is null ? "there is no TLS" : "clients need no certificate without --tls-client-ca");
        }

        if (options.Delay is { } delay)
        {
            log.ToldToMisbehave($"call {delay.Every} of each {delay.Every} waits {delay.For}");
        }
    }

    /// <summary>What is wrong with listening there; null if nothing is.</summary>
    private static string? Exposed(SettingValues values, Setting<IPEndPoint> setting, bool isAllowed, string needed) =>
        isAllowed || IPAddress.IsLoopback(values.Get(setting, new IPEndPoint(IPAddress.Loopback, 0)).Address)
            ? null
            : $"{values.SourceOf(setting)} '{values.Get(setting, Nowhere)}' is not an address of loopback: {needed}";
}
