using Grpc.Core;
using Raid5Fs.Protocol;

namespace Raid5Fs.Tests.Raid;

/// <summary>Hands every call on to a server: to be overridden where it should not.</summary>
internal abstract class GoBetween(Protocol.BlockServer.BlockServerBase server) : Protocol.BlockServer.BlockServerBase
{
    public override Task<InspectReply> Inspect(InspectRequest request, ServerCallContext context) =>
        server.Inspect(request, context);

    public override Task<OpenReply> Open(OpenRequest request, ServerCallContext context) =>
        server.Open(request, context);

    public override Task<ReadReply> Read(ReadRequest request, ServerCallContext context) =>
        server.Read(request, context);

    public override Task<StateReply> Write(WriteRequest request, ServerCallContext context) =>
        server.Write(request, context);

    public override Task<StateReply> Prepare(PrepareRequest request, ServerCallContext context) =>
        server.Prepare(request, context);

    public override Task<StateReply> Commit(CommitRequest request, ServerCallContext context) =>
        server.Commit(request, context);

    public override Task<StateReply> Record(RecordRequest request, ServerCallContext context) =>
        server.Record(request, context);

    public override Task<OpenReply> Join(JoinRequest request, ServerCallContext context) =>
        server.Join(request, context);

    public override Task<ScanReply> Scan(ScanRequest request, ServerCallContext context) =>
        server.Scan(request, context);
}
