using System.CommandLine;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>status</c>: how the array is, asked of its owner on this machine, else of the servers themselves.</summary>
internal static class StatusVerb
{
    public static Command Create(VerbFrame frame)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Look again and again, until it is interrupted" };
        var interval = TextOption.Of<TimeSpan>("--interval", "TIME", "Between two looks. Default 1s", UnitText.TryTime, "a time, such as 1s");
        var verb = new Command("status", "Shows how the array and each server is. Changes nothing. Exit code 1 if the array is down.") { watch, interval };
        verb.SetAction(async (parsed, _) => frame.End(await RunAsync(
            frame, parsed, parsed.GetValue(watch), parsed.GetValue(interval) ?? TimeSpan.FromSeconds(1))));
        return verb;
    }

    private static async Task<ExitCode> RunAsync(VerbFrame frame, ParseResult parsed, bool watches, TimeSpan interval)
    {
        Terminal terminal = frame.Terminal(parsed);
        if (frame.Connection.Read(parsed, out string? complaint) is not { } options)
        {
            return terminal.RefuseUsage(complaint!);
        }

        using ServerChannels? channels = ServerChannels.Open(options, out complaint);
        if (channels is null)
        {
            return terminal.RefuseUsage(complaint!);
        }

        using Interruption.Watch stop = terminal.Interruption.Begin();
        while (true)
        {
            ArrayReport report = await LookAsync(options, channels, stop.Token);
            if (watches && terminal.ShowsProgress && !terminal.IsJson)
            {
                terminal.Out.Write("\u001b[2J\u001b[H");
            }

            terminal.Say(report, report.Write);
            ExitCode ended = report.State is "down" or "fenced" ? terminal.Refuse(Errno.EIO, $"the array is {report.State}") : ExitCode.Done;
            if (!watches)
            {
                return ended;
            }

            try
            {
                await Task.Delay(interval, stop.Token);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Done;
            }
        }
    }

    private static async Task<ArrayReport> LookAsync(ClientOptions options, ServerChannels channels, CancellationToken stop)
    {
        // Nothing is tried again: one who looks wants to know how it is now.
        ArrayOptions once = options.ToArrayOptions() with { RetryBudget = TimeSpan.Zero };
        ArrayInspection found = await ArrayInspection.AskAsync(channels.Members, once, TimeProvider.System, new Random());
        OwnerLine? owner = found.Shape.IsOk || found.Servers.Any(static server => server is not null)
            ? await OwnerClient.AskAsync(ArrayOf(found), new OwnerQuestion("status"), static _ => { }, stop)
            : null;
        ArrayReport own = ArrayReport.Of(options.Servers, found);
        return owner?.Answer?.Status is { } told ? told with { Chunk = own.Chunk } : own;
    }

    private static ArrayId ArrayOf(ArrayInspection found) =>
        found.Shape.IsOk ? found.Shape.Value.ArrayId : found.Servers.First(static server => server is not null)!.Geometry.ArrayId;
}
