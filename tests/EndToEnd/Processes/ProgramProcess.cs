using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Raid5Fs.EndToEnd.Tests.Processes;

/// <summary>What a process left behind.</summary>
/// <param name="ExitCode">Its own, or 128 and the number of the signal that ended it.</param>
/// <param name="Output">The lines of its standard output.</param>
/// <param name="Errors">The lines of its standard error.</param>
public sealed record EndedProgram(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{string.Join('\n', Output.Concat(Errors))}";
}

/// <summary>A .NET program of this build in a process of its own: what it says, and the signals that it gets.</summary>
/// <remarks>Thread-safe. It is killed, and waited for, when it is disposed of.</remarks>
public sealed partial class ProgramProcess : IAsyncDisposable
{
    // From <signal.h> of Linux.
    private const int Kill9 = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>Nothing that is waited for here takes so long, on whichever machine: it never comes.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Task _reading;
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Found)> _awaited = [];

    private ProgramProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    /// <summary>What it wrote to its standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its assembly, beside those of the caller.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables, besides those of this process.</param>
    public static ProgramProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        // Of the coverage collector, which is for this process.
        start.Environment.Remove("CORECLR_ENABLE_PROFILING");
        return new ProgramProcess(Process.Start(start)!);
    }

    /// <summary>Waits for a line that it writes, to either output; lines that it wrote before count.</summary>
    /// <exception cref="InvalidOperationException">It ended without that line: the message has all that it wrote.</exception>
    public async Task<string> LineAsync(Func<string, bool> isIt)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
        {
            if (_output.Concat(_errors).FirstOrDefault(isIt) is { } already)
            {
                return already;
            }

            _awaited.Add((isIt, found));
        }

        await Task.WhenAny(found.Task, _reading).WaitAsync(Never);
        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException($"the program ended without the line: {await EndAsync()}");
    }

    /// <summary>Waits for its end.</summary>
    public async Task<EndedProgram> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Never);
        await _reading;
        return new EndedProgram(_process.ExitCode, [.. _output], [.. _errors]);
    }

    /// <summary>Asks it to end: SIGTERM.</summary>
    public void Ask() => Signal(Terminate);

    /// <summary>Ends it where it stands: SIGKILL.</summary>
    public Task<EndedProgram> KillAsync()
    {
        Signal(Kill9);
        return EndAsync();
    }

    /// <summary>Stops it from running on: SIGSTOP. Its connections stay, and nobody answers.</summary>
    public void Pause() => Signal(Stop);

    /// <summary>Lets it run on: SIGCONT.</summary>
    public void Resume() => Signal(Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0 && !_process.HasExited)
        {
            throw new InvalidOperationException($"process {_process.Id} takes no signal: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_awaited)
            {
                lines.Enqueue(line);
                foreach ((_, TaskCompletionSource<string> found) in _awaited.Where(awaited => awaited.IsIt(line)))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
