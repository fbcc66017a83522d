using Grpc.Core;

namespace Raid5Verify.Simulation.Tests.Network;

/// <summary>Adds what it is told, and echoes the payload.</summary>
internal sealed class CounterService : Counter.CounterBase
{
    public long Total { get; private set; }

    public int Calls { get; private set; }

    /// <summary>Runs before the answer is given.</summary>
    public Func<ServerCallContext, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public override async Task<AddReply> Add(AddRequest request, ServerCallContext context)
    {
        Calls++;
        Total += request.Amount;
        var total = Total;
        await Before(context);
        return new AddReply { Total = total, Payload = request.Payload };
    }
}
