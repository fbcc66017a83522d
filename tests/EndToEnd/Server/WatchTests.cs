using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Raid5Fs.EndToEnd.Tests.Processes;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>How an operator sees what a server does.</summary>
public sealed class WatchTests
{
    private const string MetricsAt = "metrics at ";

    [Fact]
    public async Task Metrics_tell_of_calls_blocks_bad_rows_repairs_epochs_and_the_log()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--metrics-listen", "127.0.0.1:0", "-cblk", "4");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(7);
        await caller.CommitAsync(Epoch.Of(7, 1), (3, 30), (4, 40));
        await caller.StateOfAsync(4);
        await caller.StateOfAsync(4);
        Assert.Equal(CallStatus.Ok, await caller.TryWriteAsync(Epoch.Of(7, 2), (4, 41)));
        await caller.StateOfAsync(3);
        OpenReply fenced = await caller.Client.OpenAsync(MessageDigest.Seal(new OpenRequest { Claim = new Claim(6, 1).ToMessage() }));
        Assert.Equal(CallStatus.Fenced, fenced.Status);

        Dictionary<string, double> metrics = await MetricsOfAsync(member);
        Assert.Equal(2, metrics["raid5fs_server_calls_total Write Ok"]);
        Assert.Equal(3, metrics["raid5fs_server_calls_total Read Ok"]);
        Assert.Equal(1, metrics["raid5fs_server_calls_total Open Fenced"]);
        Assert.Equal(3, metrics["raid5fs_server_call_duration_seconds_count Read"]);
        Assert.Equal(3 * 512, metrics["raid5fs_server_read_bytes_total"]);
        Assert.Equal(3 * 512, metrics["raid5fs_server_written_bytes_total"]);
        Assert.Equal(2, metrics["raid5fs_server_bad_blocks_total"]);
        Assert.Equal(1, metrics["raid5fs_server_bad_rows_found_total"]);
        Assert.Equal(1, metrics["raid5fs_server_bad_rows_repaired_total"]);
        Assert.Equal(0, metrics["raid5fs_server_bad_rows"]);
        Assert.Equal(1, metrics["raid5fs_server_refused_total"]);
        Assert.Equal(7, metrics["raid5fs_server_generation"]);
        Assert.Equal(1, metrics["raid5fs_server_epochs_committed_total"]);
        Assert.Equal(1, metrics["raid5fs_server_open_blocks"]);
        Assert.Equal(0, metrics["raid5fs_server_sealed_blocks"]);
        Assert.True(metrics["raid5fs_server_log_bytes"] > 0);
    }

    [Fact]
    public async Task Metrics_are_told_at_their_own_port_only_and_nothing_else_there()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--metrics-listen", "127.0.0.1:0");
        string metrics = await MetricsAddressOfAsync(member);
        using var plain = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await plain.GetAsync(new Uri(metrics[..^"/metrics".Length] + "/"))).StatusCode);
        Assert.False((await plain.GetAsync(new Uri(member.Server.Address + "/metrics"))).IsSuccessStatusCode);
        using var caller = new MemberCaller(metrics[..^"/metrics".Length]);
        await Assert.ThrowsAsync<RpcException>(async () => await caller.Client.InspectAsync(new InspectRequest()));
    }

    [Fact]
    public async Task Health_and_reflection_answer()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape());
        using MemberCaller caller = member.Call();
        var health = new Health.HealthClient(caller.Channel);
        foreach (string service in (string[])["", "raid5fs.BlockServer"])
        {
            HealthCheckResponse answer = await health.CheckAsync(new HealthCheckRequest { Service = service });
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(caller.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Contains("raid5fs.BlockServer", call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name));
        await call.RequestStream.CompleteAsync();
    }

    [Fact]
    public async Task Each_line_of_a_json_log_is_an_event_with_its_values()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), "--log-format", "json", "-cblk", "4");
        using MemberCaller caller = member.Call();
        await caller.OwnAsync(1);
        await caller.CommitAsync(Epoch.Of(1, 1), (4, 40));
        await caller.StateOfAsync(4);
        await caller.StateOfAsync(4);
        member.Server.Process.Ask();
        EndedProgram ended = await member.Server.Process.EndAsync();
        JsonElement[] events = [.. ended.Errors.Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement bad = Assert.Single(events, each => each.GetProperty("EventId").GetInt32() == 10);
        Assert.Equal(4, bad.GetProperty("State").GetProperty("Row").GetInt64());
        Assert.Equal("stopped", events[^1].GetProperty("Message").GetString());
    }

    private static async Task<string> MetricsAddressOfAsync(ServedMember member)
    {
        string line = await member.Server.Process.LineAsync(line => line.Contains(MetricsAt, StringComparison.Ordinal));
        return line[(line.IndexOf(MetricsAt, StringComparison.Ordinal) + MetricsAt.Length)..];
    }

    /// <summary>By their names, and the values of their labels "method" and "status".</summary>
    private static async Task<Dictionary<string, double>> MetricsOfAsync(ServedMember member)
    {
        using var client = new HttpClient();
        string text = await client.GetStringAsync(new Uri(await MetricsAddressOfAsync(member)));
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n').Where(line => line.StartsWith("raid5fs_", StringComparison.Ordinal)))
        {
            string[] parts = line.Split('{', '}');
            string[] labels = parts.Length > 1 ? parts[1].Split(',') : [];
            IEnumerable<string> values = labels
                .Select(label => label.Split('='))
                .Where(label => label[0] is "method" or "status")
                .Select(label => label[1].Trim('"'));
            metrics[string.Join(' ', [parts[0].Split(' ')[0], .. values])] = double.Parse(line.Split(' ')[^1]);
        }

        return metrics;
    }
}
