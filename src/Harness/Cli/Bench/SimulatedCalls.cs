using Google.Protobuf;
using Grpc.Core;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Raid5Fs.Protocol;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// How many calls the simulated network carries: the generated client, with a deadline, under Polly's retry and timeout;
/// the generated service on another host; a block of 4 KiB in each answer.
/// </summary>
internal static class SimulatedCalls
{
    private const int Callers = 8;
    private const int CallsPerCaller = 2_500;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    public static Figure Measure() => new("simulated_calls", CpuRate.Of(RunOnce), "calls/CPU-s", Target.AtLeast(100_000));

    private static long RunOnce(ulong seed)
    {
        var world = new World(new WorldOptions { Seed = seed });
        var server = world.AddHost("server");
        world.Run(async () =>
        {
            server.Start(life =>
            {
                life.Serve(binder => BlockServer.BindService(binder, new OneBlock()));
                return Task.CompletedTask;
            });
            var life = world.Harness.Life!;
            var client = new BlockServer.BlockServerClient(life.Connect(server));
            var pipeline = Pipeline(life);
            await Task.WhenAll(Enumerable.Range(0, Callers)
                .Select(n => life.Spawn($"caller-{n}", () => CallAsync(client, pipeline, life.Clock))));
        });
        return Callers * CallsPerCaller;
    }

    private static ResiliencePipeline Pipeline(HostLife life)
    {
        var dice = life.Dice("retry");
        return new ResiliencePipelineBuilder { TimeProvider = life.Clock }
            .AddRetry(new RetryStrategyOptions { UseJitter = true, Randomizer = dice.NextDouble })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = Deadline })
            .Build();
    }

    private static async Task CallAsync(
        BlockServer.BlockServerClient client, ResiliencePipeline pipeline, TimeProvider clock)
    {
        var request = new ReadRequest { Rows = { 1 } };
        for (var i = 0; i < CallsPerCaller; i++)
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, CancellationToken.None);
            await pipeline.ExecuteAsync(
                static async (call, state) => await state.client.ReadAsync(
                    state.request,
                    deadline: state.clock.GetUtcNow().UtcDateTime + Deadline,
                    cancellationToken: call.CancellationToken),
                context,
                (client, request, clock));
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private sealed class OneBlock : BlockServer.BlockServerBase
    {
        private readonly ByteString _content = ByteString.CopyFrom(new byte[4096]);

        public override Task<ReadReply> Read(ReadRequest request, ServerCallContext context) => Task.FromResult(
            new ReadReply { Blocks = { new ReadBlock { Status = BlockStatus.BlockOk, Content = _content } } });
    }
}
