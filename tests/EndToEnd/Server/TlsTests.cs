using Grpc.Core;
using Raid5Fs.EndToEnd.Tests.Processes;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>Who may listen in, and who may call.</summary>
public sealed class TlsTests : IDisposable
{
    // RFC 5280.
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = new();
    private readonly Authority _authority = new("the array's own");
    private readonly Authority _other = new("somebody else's");

    [Fact]
    public async Task Over_tls_a_server_shows_its_certificate_and_plain_calls_are_not_answered()
    {
        await using ServedMember member = await ServedMember.StartAsync(new MemberShape(), Certificate());
        Assert.StartsWith("https://127.0.0.1:", member.Server.Address);
        using (var caller = new MemberCaller(member.Server.Address, _authority.Client()))
        {
            await caller.OwnAsync(1);
            await caller.CommitAsync(Epoch.Of(1, 1), (3, 30));
            await caller.ExpectAsync(3, 30);
        }

        await ExpectNoAnswerAsync(member.Server.Address, _other.Client());
        await ExpectNoAnswerAsync(member.Server.Address.Replace("https", "http"), new SocketsHttpHandler());
    }

    [Fact]
    public async Task Only_who_shows_a_certificate_of_the_authority_for_clients_and_valid_now_may_call()
    {
        await using ServedMember member = await ServedMember.StartAsync(
            new MemberShape(), [.. Certificate(), "--tls-client-ca", _folder.File("roots.pem", _authority.Pem)]);
        using (var caller = new MemberCaller(member.Server.Address, _authority.Client(_authority.Sign(ForClients))))
        {
            await caller.OwnAsync(1);
        }

        await ExpectNoAnswerAsync(member.Server.Address, _authority.Client());
        await ExpectNoAnswerAsync(member.Server.Address, _authority.Client(_other.Sign(ForClients)));
        await ExpectNoAnswerAsync(member.Server.Address, _authority.Client(_authority.Sign(ForServers)));
        await ExpectNoAnswerAsync(member.Server.Address, _authority.Client(_authority.Sign(ForClients, days: 0.5)));
    }

    [Fact]
    public async Task With_tls_a_server_may_listen_beyond_loopback_and_warns_if_anybody_may_call()
    {
        string member = _folder.Folder("member");
        await ServerProcess.FormatAsync(member, new MemberShape());
        await using ProgramProcess server = ProgramProcess.Start(
            ServerProcess.Program, ["serve", "--data", member, "--listen", "0.0.0.0:0", .. Certificate()]);
        await server.LineAsync(line => line.StartsWith("listening on https://0.0.0.0:", StringComparison.Ordinal));
        await server.LineAsync(line => line.Contains("clients need no certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_are_no_certificate_and_its_key_are_named()
    {
        string[] good = Certificate();
        string another = _folder.File("another.key", _authority.Sign(ForServers).Key);
        string text = _folder.File("notes.txt", "not a certificate");
        await ExpectAsync("--tls-certificate and --tls-key go together", good[..2]);
        await ExpectAsync("--tls-client-ca needs --tls-certificate", "--tls-client-ca", text);
        await ExpectAsync($"{good[1]}, {another}: ", "--tls-certificate", good[1], "--tls-key", another);
        await ExpectAsync($"{text}, {good[3]}: ", "--tls-certificate", text, "--tls-key", good[3]);
        await ExpectAsync($"{_folder.Of("missing")}, {good[3]}: ", "--tls-certificate", _folder.Of("missing"), "--tls-key", good[3]);
        await ExpectAsync($"{text}: there is no certificate in it", [.. good, "--tls-client-ca", text]);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private static Task ExpectAsync(string complaint, params string[] options) =>
        Refused.ExpectAsync(2, complaint, ["serve", "--data", "x", "--listen", "127.0.0.1:0", .. options]);

    private static async Task ExpectNoAnswerAsync(string address, HttpMessageHandler handler)
    {
        using var caller = new MemberCaller(address, handler);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await caller.Client.InspectAsync(new InspectRequest()));
        Assert.Contains(refused.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
    }

    private string[] Certificate()
    {
        (string certificate, string key) = _authority.Sign(ForServers);
        return ["--tls-certificate", _folder.File("server.pem", certificate), "--tls-key", _folder.File("server.key", key)];
    }
}
