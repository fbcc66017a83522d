using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests;

/// <summary>A member in a folder of its own, and the server that serves it.</summary>
internal sealed class ServedMember : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ServedMember()
    {
    }

    public string Folder => _folder.Of("member");

    public ServerProcess Server { get; private set; } = null!;

    /// <summary>Formats a member and serves it.</summary>
    public static async Task<ServedMember> StartAsync(MemberShape shape, params string[] options)
    {
        var member = new ServedMember();
        await ServerProcess.FormatAsync(member._folder.Folder("member"), shape);
        await member.StartAsync(options);
        return member;
    }

    /// <summary>Serves it again.</summary>
    public async Task StartAsync(params string[] options) => Server = await ServerProcess.StartAsync(Folder, options);

    public Task<EndedProgram> KillAsync() => Server.Process.KillAsync();

    public MemberCaller Call() => new(Server.Address);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
