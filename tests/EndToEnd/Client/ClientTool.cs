using Raid5Fs.Client;
using Raid5Fs.EndToEnd.Tests.Processes;

namespace Raid5Fs.EndToEnd.Tests.Client;

/// <summary>What the tool said and how it ended.</summary>
internal sealed record Said(ExitCode Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"{Code}\n{Out}{Error}";
}

/// <summary>The tool <c>raid5fs</c>, run in this process against servers in processes of their own.</summary>
internal sealed class ClientTool : IDisposable
{
    private readonly Interruption _interruption = new();
    private readonly Func<IEnumerable<string>> _servers;

    /// <param name="cluster">Its servers.</param>
    public ClientTool(Cluster cluster) => _servers = () =>
    [
        "--servers", string.Join(',', cluster.Addresses.Select(static address => new Uri(address).Authority)),
        "--lease", "200ms", "--patience", "500ms",
    ];

    /// <summary>Without servers: what is given says them.</summary>
    public ClientTool() => _servers = static () => [];

    /// <summary>Runs a command line.</summary>
    public Task<Said> RunAsync(params string[] arguments) => RunAsync(TextReader.Null, new StringWriter(), arguments);

    /// <summary>Runs a command line with something to read.</summary>
    public Task<Said> TypeAsync(string input, params string[] arguments) => RunAsync(new StringReader(input), new StringWriter(), arguments);

    /// <summary>Runs lines in a shell, all of which are to go well.</summary>
    public async Task<string[]> ShellAsync(params string[] lines)
    {
        Said said = await TypeAsync(string.Join('\n', lines), "shell", "-e");
        Assert.True(said.Code == ExitCode.Done, said.ToString());
        return said.Lines;
    }

    /// <summary>Runs a command line that reads and writes what it is given.</summary>
    public async Task<Said> RunAsync(TextReader input, StringWriter output, params string[] arguments)
    {
        var errors = new StringWriter();
        var terminal = new Terminal(input, TextWriter.Synchronized(output), TextWriter.Synchronized(errors), _interruption);
        ExitCode code = await CommandLine.RunAsync([.. arguments, .. _servers()], terminal);
        return new Said(code, output.ToString(), errors.ToString());
    }

    public void Dispose() => _interruption.Dispose();
}
