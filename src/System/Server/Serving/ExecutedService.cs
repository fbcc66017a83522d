using Grpc.Core;
using Raid5Fs.BlockServer;
using Raid5Fs.Execution;
using Raid5Fs.Protocol;

namespace Raid5Fs.Server.Serving;

/// <summary>
/// The block server as Kestrel calls it, on whichever thread: each call is handed to the one executor that the server's Core
/// runs on, and its answer handed back.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ExecutedService(BlockServerService service, SerialExecutor executor) : Protocol.BlockServer.BlockServerBase
{
    public override Task<InspectReply> Inspect(InspectRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Inspect(request, context));

    public override Task<OpenReply> Open(OpenRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Open(request, context));

    public override Task<ReadReply> Read(ReadRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Read(request, context));

    public override Task<StateReply> Write(WriteRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Write(request, context));

    public override Task<StateReply> Prepare(PrepareRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Prepare(request, context));

    public override Task<StateReply> Commit(CommitRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Commit(request, context));

    public override Task<StateReply> Record(RecordRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Record(request, context));

    public override Task<OpenReply> Join(JoinRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Join(request, context));

    public override Task<ScanReply> Scan(ScanRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Scan(request, context));

    public override Task<CountersReply> Counters(CountersRequest request, ServerCallContext context) =>
        executor.RunAsync(() => service.Counters(request, context));
}
