using System.Net.Sockets;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Owner;

/// <summary>Answers those who ask the owner of an array, until it is disposed.</summary>
internal sealed class OwnerService : IAsyncDisposable
{
    private readonly ArraySession _session;
    private readonly ArrayCare _care;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    private OwnerService(ArraySession session, Socket socket)
    {
        _session = session;
        _care = new ArrayCare(session);
        _socket = socket;
        _accepting = AcceptAsync();
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>Null if that cannot be, and why: the array is used all the same.</returns>
    public static OwnerService? Start(ArraySession session, out string? complaint)
    {
        try
        {
            complaint = null;
            return new OwnerService(session, OwnerSocket.Listen(session.Array.Id));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            complaint = error.Message;
            return null;
        }
    }

    /// <summary>Hangs up on whoever asks, and listens no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await OwnerSocket.ClearAsync(_session.Array.Id);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                Socket asking = await _socket.AcceptAsync(_closing.Token);
                talks.RemoveAll(static talk => talk.IsCompletedSuccessfully);
                talks.Add(TalkAsync(asking));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is closed.
        }

        await Task.WhenAll(talks);
    }

    private async Task TalkAsync(Socket asking)
    {
        await using var stream = new NetworkStream(asking, ownsSocket: true);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            if (await reader.ReadLineAsync(_closing.Token) is not { } text)
            {
                return;
            }

            // Nothing more is asked: the next thing to read is that the other one hangs up.
            Task watch = HangUpAsync(reader, stop);
            OwnerLine answer = Terminal.FromJson<OwnerQuestion>(text) is { } question
                ? await AnswerAsync(question, progress => Tell(writer, progress), stop.Token)
                : Failure(Errno.EINVAL, "that is no question");
            await writer.WriteLineAsync(Terminal.ToJson(answer));
            await stop.CancelAsync();
            await watch;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    private static async Task HangUpAsync(StreamReader reader, CancellationTokenSource stop)
    {
        try
        {
            _ = await reader.ReadLineAsync(stop.Token);
            await stop.CancelAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The talk has ended.
        }
    }

    private static void Tell(StreamWriter writer, WorkProgress progress) =>
        writer.WriteLine(Terminal.ToJson(new OwnerLine { Progress = progress }));

    private async Task<OwnerLine> AnswerAsync(OwnerQuestion question, Action<WorkProgress> progress, CancellationToken stop)
    {
        int members = _session.Channels.Members.Count;
        switch (question.Ask)
        {
            case "status":
                return Answer(new OwnerAnswer { Status = await _care.GetReportAsync() });
            case "scrub":
                return Answer(new OwnerAnswer { Scrub = ScrubSummary.Of(await _care.ScrubAsync(progress, stop)) });
            case "repair" when question.Member is { } member && member >= 0 && member < members:
                return Answer(member, await _care.RepairAsync(new MemberIndex(member), progress, stop));
            case "replace" when question.Member is { } member && member >= 0 && member < members
                && ServerAddress.TryParse(question.Server ?? string.Empty, out ServerAddress? server):
                return Answer(member, await _care.ReplaceAsync(new MemberIndex(member), server!, progress, stop));
            default:
                return Failure(Errno.EINVAL, $"the owner of the array cannot do '{question.Ask}' so");
        }
    }

    private static OwnerLine Answer(OwnerAnswer answer) => new() { Answer = answer };

    private static OwnerLine Answer(int member, Result<RepairSummary> repaired) => repaired.IsOk
        ? Answer(new OwnerAnswer { Repair = repaired.Value })
        : Failure(repaired.Error, RepairText.Why(member, repaired.Error));

    private static OwnerLine Failure(Errno error, string message) => new() { Error = error.ToString(), Message = message };
}
