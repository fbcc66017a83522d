using System.CommandLine;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Local;
using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Verbs;

/// <summary>
/// <c>scrub</c>, <c>repair</c> and <c>replace</c>: done by the owner of the array on this machine, if there is one; else the array is
/// opened for it.
/// </summary>
internal static class CareVerbs
{
    private delegate Task<OwnerLine> Work(ArrayCare care, Action<WorkProgress> progress, CancellationToken stop);

    public static IEnumerable<Command> Create(VerbFrame frame)
    {
        var scrub = new Command("scrub", "Verifies every block and parity, and mends what is bad. Exit code 1 if anything is left.");
        scrub.SetAction(async (parsed, _) => frame.End(await RunAsync(
            frame,
            parsed,
            new OwnerQuestion("scrub"),
            static async (care, progress, stop) => new OwnerLine
            {
                Answer = new OwnerAnswer { Scrub = ScrubSummary.Of(await care.ScrubAsync(progress, stop)) },
            })));
        yield return scrub;

        var repaired = new Argument<int>("SERVER") { Description = "Its place in the array, from 0" };
        var repair = new Command("repair", "Waits until a server that is blank or missed writes holds all that it should; it is rebuilt meanwhile.") { repaired };
        repair.SetAction(async (parsed, _) => frame.End(await RepairAsync(frame, parsed, parsed.GetValue(repaired))));
        yield return repair;

        var replaced = new Argument<int>("SERVER") { Description = "Its place in the array, from 0" };
        var with = new Option<string?>("--with")
        {
            Description = "Where the blank server is that takes its place, formatted for it by raid5fs-server. Default, in a cluster of 'local up': a new one",
            HelpName = "HOST:PORT",
        };
        var replace = new Command("replace", "Puts a blank server in the place of another, and rebuilds on it what that one held.") { replaced, with };
        replace.SetAction(async (parsed, _) => frame.End(await ReplaceAsync(frame, parsed, parsed.GetValue(replaced), parsed.GetValue(with))));
        yield return replace;
    }

    private static Task<ExitCode> RepairAsync(VerbFrame frame, ParseResult parsed, int server) => RunAsync(
        frame,
        parsed,
        new OwnerQuestion("repair") { Member = server },
        async (care, progress, stop) => LineOf(server, await care.RepairAsync(new MemberIndex(server), progress, stop)));

    private static async Task<ExitCode> ReplaceAsync(VerbFrame frame, ParseResult parsed, int server, string? with)
    {
        Terminal terminal = frame.Terminal(parsed);
        if (frame.Connection.Read(parsed, out string? complaint) is not { } options)
        {
            return terminal.RefuseUsage(complaint!);
        }

        if (server < 0 || server >= options.Servers.Count)
        {
            return terminal.RefuseUsage($"there is no server {server}; there are {options.Servers.Count}");
        }

        ServerAddress? blank = null;
        if (with is not null && !ServerAddress.TryParse(with, out blank))
        {
            return terminal.RefuseUsage($"--with '{with}' is no server: HOST:PORT is wanted");
        }

        if (await ObjectionAsync(options, server, terminal) is { } refused)
        {
            return refused;
        }

        if (blank is null)
        {
            string folder = frame.Connection.ClusterFolder(parsed);
            if (LocalCluster.Open(folder, out complaint) is not { } cluster || !cluster.Addresses.SequenceEqual(options.Servers))
            {
                return terminal.RefuseUsage($"--with is needed: these servers are not those of a cluster in {folder}");
            }

            if (ServerProgram.Find() is not { } program)
            {
                return terminal.Refuse(Errno.ENOENT, $"{ServerProgram.Name} is neither beside this program nor built");
            }

            string aside = await cluster.PutAsideAsync(server);
            string? why = null;
            if ((await cluster.StartAsync(program, said => why = said)).Count == 0)
            {
                return terminal.Refuse(Errno.EIO, why ?? "the blank server did not start");
            }

            terminal.Error.WriteLine($"{Terminal.ProgramName}: what server {server} held is in {aside}");
            blank = cluster.Addresses[server];
        }

        ServerAddress[] servers = [.. options.Servers];
        servers[server] = blank;
        ExitCode ended = await RunAsync(
            frame,
            parsed,
            options with { Servers = servers },
            new OwnerQuestion("replace") { Member = server, Server = blank.ToString() },
            async (care, progress, stop) => LineOf(server, await care.ReplaceAsync(new MemberIndex(server), blank, progress, stop)));
        if (ended == ExitCode.Done && blank != options.Servers[server] && !terminal.IsJson)
        {
            terminal.Out.WriteLine($"from now on: --servers {string.Join(',', (IEnumerable<ServerAddress>)servers)}");
        }

        return ended;
    }

    /// <summary>A server is taken away only where all others hold what they should.</summary>
    private static async Task<ExitCode?> ObjectionAsync(ClientOptions options, int server, Terminal terminal)
    {
        using ServerChannels? channels = ServerChannels.Open(options, out string? complaint);
        if (channels is null)
        {
            return terminal.RefuseUsage(complaint!);
        }

        ArrayInspection found = await ArrayInspection.AskAsync(
            channels.Members, options.ToArrayOptions(), TimeProvider.System, new Random());
        ArrayReport report = ArrayReport.Of(options.Servers, found);
        return report.Servers.FirstOrDefault(other => other.Member != server && other.State != "in sync") is { } other
            ? terminal.Refuse(Errno.EBUSY, $"server {other.Member} is {other.State}: server {server} can be replaced when all others are in sync")
            : null;
    }

    private static async Task<ExitCode> RunAsync(VerbFrame frame, ParseResult parsed, OwnerQuestion question, Work work)
    {
        Terminal terminal = frame.Terminal(parsed);
        return frame.Connection.Read(parsed, out string? complaint) is not { } options ? terminal.RefuseUsage(complaint!)
            : question.Member is { } member && (member < 0 || member >= options.Servers.Count)
                ? terminal.RefuseUsage($"there is no server {member}; there are {options.Servers.Count}")
            : await RunAsync(frame, parsed, options, question, work);
    }

    private static async Task<ExitCode> RunAsync(
        VerbFrame frame, ParseResult parsed, ClientOptions options, OwnerQuestion question, Work work)
    {
        Terminal terminal = frame.Terminal(parsed);
        using var progress = new ProgressLine(terminal);
        using Interruption.Watch stop = terminal.Interruption.Begin();
        OwnerLine? answered = null;
        try
        {
            if (!frame.Connection.TakesOver(parsed))
            {
                answered = await AskOwnerAsync(options, question, progress.Show, stop.Token);
            }

            if (answered is null)
            {
                (OwnedArray? array, ExitCode refused) = await OwnedArray.OpenAsync(options, takesOver: true, terminal, terminal.Error);
                if (array is null)
                {
                    return refused;
                }

                await using (array)
                {
                    answered = await work(array.Care, progress.Show, stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            progress.Dispose();
            return terminal.Refuse(Errno.EIO, $"{question.Ask} was interrupted");
        }

        progress.Dispose();
        return Tell(answered, terminal);
    }

    private static async Task<OwnerLine?> AskOwnerAsync(
        ClientOptions options, OwnerQuestion question, Action<WorkProgress> progress, CancellationToken stop)
    {
        using ServerChannels? channels = ServerChannels.Open(options, out _);
        if (channels is null)
        {
            return null;
        }

        ArrayInspection found = await ArrayInspection.AskAsync(
            channels.Members, options.ToArrayOptions() with { RetryBudget = TimeSpan.Zero }, TimeProvider.System, new Random());
        ServerFinding? one = found.Servers.FirstOrDefault(static server => server is not null);
        return one is null ? null : await OwnerClient.AskAsync(one.Geometry.ArrayId, question, progress, stop);
    }

    private static ExitCode Tell(OwnerLine answered, Terminal terminal)
    {
        switch (answered.Answer)
        {
            case { Scrub: { } scrub }:
                terminal.Say(scrub, scrub.Write);
                return scrub.IsSound ? ExitCode.Done : terminal.Refuse(Errno.EIO, "rows are left that cannot be mended");
            case { Repair: { } repair }:
                terminal.Say(repair, repair.Write);
                return ExitCode.Done;
            default:
                _ = Enum.TryParse(answered.Error, out Errno error);
                return terminal.Refuse(error == Errno.OK ? Errno.EIO : error, answered.Message ?? "the owner gave no answer");
        }
    }

    private static OwnerLine LineOf(int member, Result<RepairSummary> repaired) => repaired.IsOk
        ? new OwnerLine { Answer = new OwnerAnswer { Repair = repaired.Value } }
        : new OwnerLine { Error = repaired.Error.ToString(), Message = RepairText.Why(member, repaired.Error) };
}
