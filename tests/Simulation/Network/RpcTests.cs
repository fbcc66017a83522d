using Grpc.Core;

namespace Raid5Verify.Simulation.Tests.Network;

public sealed class RpcTests
{
    [Fact]
    public void A_generated_client_calls_a_generated_service()
    {
        var cluster = new CounterCluster();
        long total = 0;
        cluster.Run(async client =>
        {
            await client.AddAsync(new AddRequest { Amount = 2 });
            total = (await client.AddAsync(new AddRequest { Amount = 3 })).Total;
        });

        Assert.Equal(5, total);
    }

    [Fact]
    public void A_call_without_an_answer_ends_at_its_deadline_and_the_server_is_told()
    {
        var cancelled = false;
        var cluster = new CounterCluster
        {
            Before = async (context, life) =>
            {
                var ended = new TaskCompletionSource();
                using var registration = context.CancellationToken.Register(() =>
                {
                    cancelled = true;
                    ended.SetResult();
                });
                await ended.Task;
            },
        };
        var status = StatusCode.OK;
        cluster.Run(async client =>
        {
            var deadline = cluster.World.Clock.GetUtcNow().UtcDateTime.AddSeconds(1);
            status = await StatusOf(client.AddAsync(new AddRequest(), deadline: deadline));
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
        });

        Assert.Equal(StatusCode.DeadlineExceeded, status);
        Assert.True(cancelled);
    }

    [Fact]
    public void A_lost_reply_leaves_the_effect_and_tells_nobody()
    {
        var cluster = new CounterCluster();
        var status = StatusCode.OK;
        cluster.Run(async client =>
        {
            var loss = cluster.World.Network.Add(new LossRule { From = cluster.Server, Kind = PacketKind.Reply }, "loss");
            var deadline = cluster.World.Clock.GetUtcNow().UtcDateTime.AddSeconds(1);
            status = await StatusOf(client.AddAsync(new AddRequest { Amount = 7 }, deadline: deadline));
            Assert.Equal(1, loss.Met);
        });

        Assert.Equal(StatusCode.DeadlineExceeded, status);
        Assert.Equal(7, cluster.Service.Total);
    }

    [Fact]
    public void A_duplicated_request_runs_its_handler_twice_and_answers_once()
    {
        var cluster = new CounterCluster();
        cluster.Run(async client =>
        {
            cluster.World.Network.Add(new DuplicateRule { To = cluster.Server }, "twice");
            await client.AddAsync(new AddRequest { Amount = 1 });
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
        });

        Assert.Equal(2, cluster.Service.Calls);
    }

    [Fact]
    public void A_copy_may_come_so_late_that_another_life_of_the_server_receives_it()
    {
        var cluster = new CounterCluster();
        cluster.Run(async client =>
        {
            cluster.World.Network.Add(
                new DuplicateRule { To = cluster.Server, Kind = PacketKind.Request, MaxLag = TimeSpan.FromMinutes(10) }, "late");
            await client.AddAsync(new AddRequest { Amount = 5 });
            cluster.Server.Crash();
            cluster.Server.Restart();
            await Task.Delay(TimeSpan.FromMinutes(11), cluster.World.Clock);
        });

        Assert.Equal([5L, 5L], cluster.Lives.Select(life => life.Total));
    }

    [Fact]
    public void A_stray_copy_arrives_when_it_is_released_and_only_the_first_message_leaves_one()
    {
        var cluster = new CounterCluster();
        var before = 0L;
        cluster.Run(async client =>
        {
            var stray = cluster.World.Network.Add(
                new StrayCopyRule { To = cluster.Server, Kind = PacketKind.Request, Method = "/counting.Counter/Add" }, "stray");
            await client.AddAsync(new AddRequest { Amount = 5 });
            await client.AddAsync(new AddRequest { Amount = 7 });
            await Task.Delay(TimeSpan.FromMinutes(1), cluster.World.Clock);
            before = cluster.Service.Total;
            cluster.World.Network.Remove(stray);
            await Task.Delay(TimeSpan.FromMinutes(1), cluster.World.Clock);
            Assert.Equal(1, stray.Met);
        });

        Assert.Equal(12, before);
        Assert.Equal(17, cluster.Service.Total);
    }

    [Fact]
    public void A_rule_for_one_method_leaves_the_others_alone()
    {
        var cluster = new CounterCluster();
        cluster.Run(async client =>
        {
            var loss = cluster.World.Network.Add(new LossRule { Method = "/counting.Counter/Take" }, "loss");
            await client.AddAsync(new AddRequest { Amount = 1 });
            Assert.Equal(0, loss.Met);
        });

        Assert.Equal(1, cluster.Service.Total);
    }

    [Fact]
    public void A_clogged_link_delivers_when_it_is_released()
    {
        var cluster = new CounterCluster();
        var before = TimeSpan.Zero;
        var after = TimeSpan.Zero;
        cluster.Run(async client =>
        {
            var clog = cluster.World.Network.Add(new ClogRule { To = cluster.Server }, "clog");
            before = cluster.World.Now;
            var call = client.AddAsync(new AddRequest());
            await Task.Delay(TimeSpan.FromSeconds(3), cluster.World.Clock);
            Assert.Equal(0, cluster.Service.Calls);
            cluster.World.Network.Remove(clog);
            await call;
            after = cluster.World.Now;
        });

        Assert.InRange(after - before, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_released_packet_still_meets_the_rules_behind_the_clog()
    {
        var cluster = new CounterCluster();
        var status = StatusCode.OK;
        cluster.Run(async client =>
        {
            var network = cluster.World.Network;
            var clog = network.Add(new ClogRule { To = cluster.Server }, "clog");
            var partition = network.Add(new LossRule { To = cluster.Server, Kind = PacketKind.Request }, "partition");
            var deadline = cluster.World.Clock.GetUtcNow().UtcDateTime.AddSeconds(5);
            var call = client.AddAsync(new AddRequest(), deadline: deadline);
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
            network.Remove(clog);
            status = await StatusOf(call);
            Assert.Equal(1, partition.Met);
        });

        Assert.Equal(StatusCode.DeadlineExceeded, status);
        Assert.Equal(0, cluster.Service.Calls);
    }

    [Fact]
    public void What_a_clog_held_comes_in_an_order_that_the_dice_draw()
    {
        var orders = new HashSet<string>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var arrived = new List<string>();
            var cluster = new CounterCluster(new WorldOptions { Seed = seed, Strategy = StrategyKind.Fifo })
            {
                Before = (context, _) =>
                {
                    arrived.Add(context.RequestHeaders.GetValue("call")!);
                    return Task.CompletedTask;
                },
            };
            cluster.Run(async client =>
            {
                var clog = cluster.World.Network.Add(new ClogRule { To = cluster.Server }, "clog");
                var calls = Enumerable.Range(0, 5)
                    .Select(call => client.AddAsync(new AddRequest(), new Metadata { { "call", $"{call}" } }).ResponseAsync)
                    .ToArray();
                await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
                Assert.Equal(5, clog.Met);
                Assert.Empty(arrived);
                cluster.World.Network.Remove(clog);
                await Task.WhenAll(calls);
            });
            orders.Add(string.Concat(arrived));
        }

        Assert.True(orders.Count > 10, string.Join(' ', orders));
        Assert.All(orders, order => Assert.Equal("01234", string.Concat(order.Order())));
    }

    [Fact]
    public void On_a_narrow_link_messages_queue_behind_each_other_in_their_own_direction_only()
    {
        var latency = TimeSpan.FromMicroseconds(100);
        var arrivals = new List<TimeSpan>();
        var replies = new List<TimeSpan>();
        var cluster = new CounterCluster(
            new WorldOptions { Window = TimeSpan.Zero, NetworkLatency = Latency.Constant(latency) });
        var begun = TimeSpan.Zero;
        cluster.Before = (_, _) =>
        {
            arrivals.Add(cluster.World.Now - begun - latency);
            return Task.CompletedTask;
        };
        cluster.Run(async client =>
        {
            var message = new AddRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[9_997]) };
            Assert.Equal(10_000, message.CalculateSize());
            var narrow = cluster.World.Network.Add(
                new BandwidthRule { From = cluster.Client, To = cluster.Server, BytesPerSecond = 1_000_000 }, "narrow");
            begun = cluster.World.Now;
            await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
            {
                await client.AddAsync(message);
                replies.Add(cluster.World.Now - begun - latency - latency);
            }));
            Assert.Equal(3, narrow.Met);

            // Once the queue has drained, the next waits for nothing but itself; and without the rule not even for that.
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
            begun = cluster.World.Now;
            await client.AddAsync(message);
            cluster.World.Network.Remove(narrow);
            begun = cluster.World.Now;
            await client.AddAsync(message);
        });

        Assert.Equal([10, 20, 30, 10, 0], arrivals.Select(static at => at.TotalMilliseconds));
        Assert.Equal([10, 20, 30], replies.Select(static at => at.TotalMilliseconds));
    }

    [Fact]
    public void A_narrow_link_both_ways_has_a_queue_for_each_way()
    {
        var took = TimeSpan.Zero;
        var cluster = new CounterCluster(
            new WorldOptions { Window = TimeSpan.Zero, NetworkLatency = Latency.Constant(TimeSpan.Zero) });
        cluster.Run(async client =>
        {
            var message = new AddRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[9_997]) };
            cluster.World.Network.Add(new BandwidthRule { BytesPerSecond = 1_000_000 }, "narrow");
            var begun = cluster.World.Now;
            await Task.WhenAll(
                client.AddAsync(message).ResponseAsync, client.AddAsync(message).ResponseAsync);
            took = cluster.World.Now - begun;
        });

        // Two requests one after the other; the first reply leaves while the second request is under way.
        Assert.Equal(30, took.TotalMilliseconds);
    }

    [Fact]
    public void A_link_may_have_a_latency_of_its_own_in_one_direction()
    {
        var cluster = new CounterCluster(new WorldOptions { Window = TimeSpan.Zero });
        var took = TimeSpan.Zero;
        cluster.Run(async client =>
        {
            var network = cluster.World.Network;
            network.SetLatency(cluster.Client, cluster.Server, Latency.Constant(TimeSpan.FromMilliseconds(30)));
            network.SetLatency(cluster.Server, cluster.Client, Latency.Constant(TimeSpan.FromMilliseconds(4)));
            var begun = cluster.World.Now;
            await client.AddAsync(new AddRequest());
            took = cluster.World.Now - begun;
        });

        Assert.Equal(TimeSpan.FromMilliseconds(34), took);
    }

    [Fact]
    public void A_crashed_program_resets_its_calls_and_refuses_new_ones()
    {
        var cluster = new CounterCluster { Before = (_, life) => Task.Delay(TimeSpan.FromSeconds(10), life.Clock) };
        var open = StatusCode.OK;
        var late = StatusCode.OK;
        cluster.Run(async client =>
        {
            var call = client.AddAsync(new AddRequest());
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
            cluster.Server.Crash();
            open = await StatusOf(call);
            late = await StatusOf(client.AddAsync(new AddRequest()));
        });

        Assert.Equal(StatusCode.Unavailable, open);
        Assert.Equal(StatusCode.Unavailable, late);
    }

    [Fact]
    public void A_machine_without_power_answers_nothing_at_all()
    {
        var cluster = new CounterCluster();
        var took = TimeSpan.Zero;
        var status = StatusCode.OK;
        cluster.Run(async client =>
        {
            cluster.Server.Crash(CrashKind.Power);
            var begun = cluster.World.Now;
            var deadline = cluster.World.Clock.GetUtcNow().UtcDateTime.AddSeconds(5);
            status = await StatusOf(client.AddAsync(new AddRequest(), deadline: deadline));
            took = cluster.World.Now - begun;
        });

        Assert.Equal(StatusCode.DeadlineExceeded, status);
        Assert.InRange(took, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public void A_reset_connection_ends_the_open_calls_on_both_sides()
    {
        var cluster = new CounterCluster { Before = (_, life) => Task.Delay(TimeSpan.FromSeconds(10), life.Clock) };
        var status = StatusCode.OK;
        cluster.Run(async client =>
        {
            var call = client.AddAsync(new AddRequest());
            await Task.Delay(TimeSpan.FromSeconds(1), cluster.World.Clock);
            Assert.Equal(1, cluster.World.Network.Reset(cluster.Client, cluster.Server));
            status = await StatusOf(call);
        });

        Assert.Equal(StatusCode.Unavailable, status);
    }

    [Fact]
    public void A_flipped_bit_arrives_as_another_message_or_as_none()
    {
        var sent = new byte[256];
        var damaged = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var cluster = new CounterCluster(new WorldOptions { Seed = seed });
            cluster.Run(async client =>
            {
                cluster.World.Network.Add(new FlipRule { To = cluster.Server }, "flip");
                var call = client.AddAsync(new AddRequest { Payload = Google.Protobuf.ByteString.CopyFrom(sent) });
                try
                {
                    damaged += (await call).Payload.Span.SequenceEqual(sent) ? 0 : 1;
                }
                catch (RpcException refused)
                {
                    Assert.Equal(StatusCode.Internal, refused.StatusCode);
                    damaged++;
                }
            });
        }

        Assert.True(damaged >= 15, $"only {damaged} of 20 messages arrived damaged");
    }

    private static async Task<StatusCode> StatusOf(AsyncUnaryCall<AddReply> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException ended)
        {
            return ended.StatusCode;
        }
    }
}
