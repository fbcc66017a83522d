using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Connection;

/// <summary>An array opened for one run of the tool, with all that goes with it: channels, the owner's socket, messages.</summary>
internal sealed class OwnedArray : IAsyncDisposable
{
    private readonly ServerChannels _channels;
    private readonly OwnerService? _owner;

    private OwnedArray(ServerChannels channels, ArraySession session, TroubleMessages messages, OwnerService? owner)
    {
        _channels = channels;
        _owner = owner;
        Session = session;
        Messages = messages;
        Care = new ArrayCare(session);
    }

    public ArraySession Session { get; }

    public ArrayCare Care { get; }

    public TroubleMessages Messages { get; }

    /// <summary>Opens the array, unless another program on this machine owns it.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="takesOver">Also where another program on this machine owns it.</param>
    /// <param name="terminal">Where it is said if that cannot be.</param>
    /// <param name="messages">Where it is said what operations meet.</param>
    /// <returns>Null: it is said why, and the exit code is given.</returns>
    public static async Task<(OwnedArray? Array, ExitCode Refused)> OpenAsync(
        ClientOptions options, bool takesOver, Terminal terminal, TextWriter messages)
    {
        if (ServerChannels.Open(options, out string? complaint) is not { } channels)
        {
            return (null, terminal.RefuseUsage(complaint!));
        }

        ArrayInspection found = await ArrayInspection.AskAsync(
            channels.Members, options.ToArrayOptions(), TimeProvider.System, new Random());
        (ArraySession? session, ExitCode refused, TroubleMessages told) = (null, ExitCode.Done, new TroubleMessages(messages));
        if (!found.Shape.IsOk)
        {
            refused = terminal.Refuse(found.Shape.Error, WhyNot(options, found));
        }
        else if (!takesOver && await IsOwnedAsync(found.Shape.Value.ArrayId))
        {
            refused = terminal.Refuse(
                Errno.EBUSY, "another program on this machine owns the array: use its mount or shell, or say --take-over");
        }
        else
        {
            Result<ArraySession> opened = await ArraySession.OpenAsync(options, channels, told);
            session = opened.IsOk ? opened.Value : null;
            refused = opened.IsOk ? ExitCode.Done : terminal.Refuse(opened.Error, WhyNot(options, found));
        }

        if (session is null)
        {
            channels.Dispose();
            return (null, refused);
        }

        var owner = OwnerService.Start(session, out string? deaf);
        if (deaf is not null)
        {
            terminal.Error.WriteLine($"{Terminal.ProgramName}: nobody can ask this program for status, scrub or repair: {deaf}");
        }

        return (new OwnedArray(channels, session, told, owner), ExitCode.Done);
    }

    public async ValueTask DisposeAsync()
    {
        if (_owner is not null)
        {
            await _owner.DisposeAsync();
        }

        await Session.DisposeAsync();
        _channels.Dispose();
    }

    private static async Task<bool> IsOwnedAsync(ArrayId array)
    {
        using Stream? owner = await OwnerSocket.ConnectAsync(array);
        return owner is not null;
    }

    private static string WhyNot(ClientOptions options, ArrayInspection found)
    {
        ArrayReport report = ArrayReport.Of(options.Servers, found);
        string[] troubled =
        [
            .. report.Servers.Where(static server => server.State is not "in sync" and not "blank")
                .Select(static server => server.Refusal is null
                    ? $"server {server.Member} at {server.Address} is {server.State}"
                    : $"server {server.Member} at {server.Address}: {server.Refusal}"),
        ];
        return troubled.Length == 0
            ? "the array cannot be opened now: another client takes it over, or what it waits for is not there"
            : "the array cannot be opened: " + string.Join("; ", troubled);
    }
}
