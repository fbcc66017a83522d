namespace Raid5Fs.EndToEnd.Tests.Processes;

/// <summary>A block server in a process of its own, ready to be called.</summary>
/// <remarks>Thread-safe. It is killed when it is disposed of; what is in its folder stays.</remarks>
public sealed class ServerProcess : IAsyncDisposable
{
    public const string Program = "raid5fs-server.dll";

    private const string ReadyPrefix = "listening on ";

    private ServerProcess(ProgramProcess process, string address)
    {
        Process = process;
        Address = address;
    }

    public ProgramProcess Process { get; }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Address { get; }

    public int Port => new Uri(Address).Port;

    /// <summary>Serves a folder that was formatted, or is to be, at a free port of loopback, or at a certain one.</summary>
    /// <param name="folder">The member's.</param>
    /// <param name="options">What else is on its command line.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="environment">Variables, besides those of this process.</param>
    /// <returns>Ends when it is ready.</returns>
    /// <exception cref="InvalidOperationException">It refused: the message has what it wrote.</exception>
    public static async Task<ServerProcess> StartAsync(
        string folder, IEnumerable<string>? options = null, int port = 0, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = ProgramProcess.Start(
            Program, ["serve", "--data", folder, "--listen", $"127.0.0.1:{port}", .. options ?? []], environment);
        try
        {
            string ready = await process.LineAsync(line => line.StartsWith(ReadyPrefix, StringComparison.Ordinal));
            return new ServerProcess(process, ready[ReadyPrefix.Length..]);
        }
        catch (InvalidOperationException)
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the program to its end, whatever that is.</summary>
    public static async Task<EndedProgram> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var process = ProgramProcess.Start(Program, arguments, environment);
        return await process.EndAsync();
    }

    /// <summary>Makes a member of an empty folder.</summary>
    /// <returns>The array's name.</returns>
    public static async Task<string> FormatAsync(string folder, MemberShape shape)
    {
        EndedProgram ended = await RunAsync(["format", "--data", folder, .. shape.ToArguments()]);
        return ended.ExitCode == 0 ? ended.Output[0] : throw new InvalidOperationException($"not formatted: {ended}");
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
