using System.Diagnostics;
using Grpc.Core;
using Raid5Fs.Protocol;
using Raid5Fs.Server.Watching;

namespace Raid5Fs.Server.Serving;

/// <summary>
/// The block server as Kestrel calls it, on whichever thread: each call is handed to the one executor that the server's Core
/// runs on, and its answer handed back: one hop in, one out.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ExecutedService(OpenMember member, BadRows badRows, CallMetrics metrics) : Protocol.BlockServer.BlockServerBase
{
    public override Task<InspectReply> Inspect(InspectRequest request, ServerCallContext context) =>
        RunAsync(nameof(Inspect), () => member.Service.Inspect(request, context), static _ => CallStatus.Ok);

    public override Task<OpenReply> Open(OpenRequest request, ServerCallContext context) =>
        RunAsync(nameof(Open), () => member.Service.Open(request, context), static reply => reply.Status);

    public override Task<ReadReply> Read(ReadRequest request, ServerCallContext context) =>
        RunAsync(
            nameof(Read),
            async () =>
            {
                ReadReply reply = await member.Service.Read(request, context);
                badRows.Note(request, reply);
                return reply;
            },
            static reply => reply.Status);

    public override Task<StateReply> Write(WriteRequest request, ServerCallContext context) =>
        RunAsync(
            nameof(Write),
            async () =>
            {
                StateReply reply = await member.Service.Write(request, context);
                badRows.Note(request, reply);
                return reply;
            },
            static reply => reply.Status);

    public override Task<StateReply> Prepare(PrepareRequest request, ServerCallContext context) =>
        RunAsync(nameof(Prepare), () => member.Service.Prepare(request, context), static reply => reply.Status);

    public override Task<StateReply> Commit(CommitRequest request, ServerCallContext context) =>
        RunAsync(nameof(Commit), () => member.Service.Commit(request, context), static reply => reply.Status);

    public override Task<StateReply> Record(RecordRequest request, ServerCallContext context) =>
        RunAsync(nameof(Record), () => member.Service.Record(request, context), static reply => reply.Status);

    public override Task<OpenReply> Join(JoinRequest request, ServerCallContext context) =>
        RunAsync(nameof(Join), () => member.Service.Join(request, context), static reply => reply.Status);

    public override Task<ScanReply> Scan(ScanRequest request, ServerCallContext context) =>
        RunAsync(nameof(Scan), () => member.Service.Scan(request, context), static reply => reply.Status);

    public override Task<CountersReply> Counters(CountersRequest request, ServerCallContext context) =>
        RunAsync(nameof(Counters), () => member.Service.Counters(request, context), static _ => CallStatus.Ok);

    private Task<T> RunAsync<T>(string method, Func<Task<T>> call, Func<T, CallStatus> statusOf) =>
        metrics.IsWatched ? RunWatchedAsync(method, call, statusOf) : member.Executor.RunAsync(call);

    private async Task<T> RunWatchedAsync<T>(string method, Func<Task<T>> call, Func<T, CallStatus> statusOf)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            T reply = await member.Executor.RunAsync(call);
            metrics.Note(method, statusOf(reply), began);
            return reply;
        }
        catch (Exception)
        {
            metrics.Note(method, StatusCode.Internal, began);
            throw;
        }
    }
}
