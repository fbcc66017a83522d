using Raid5Fs.Client.Commands;

namespace Raid5Fs.Client.Shell;

/// <summary>Runs commands, a line each, that somebody types or that a script holds.</summary>
internal sealed class CommandShell(Workspace on)
{
    /// <summary>Runs until there are no more lines, or <c>exit</c>.</summary>
    /// <param name="readLine">Gives the next line; null after the last.</param>
    /// <param name="endsOnError">The first command that fails ends it.</param>
    /// <returns>The code of the last command that failed; <see cref="ExitCode.Done"/> if none did.</returns>
    public async Task<ExitCode> RunAsync(Func<Task<string?>> readLine, bool endsOnError)
    {
        ExitCode ended = ExitCode.Done;
        while (!on.IsLeft && await readLine() is { } line)
        {
            ExitCode code = await RunLineAsync(line);
            ended = code == ExitCode.Done ? ended : code;
            if (endsOnError && code != ExitCode.Done)
            {
                break;
            }
        }

        return ended;
    }

    private async Task<ExitCode> RunLineAsync(string line)
    {
        if (ShellWords.Split(line, out string? complaint) is not { } words)
        {
            return on.Terminal.RefuseUsage(complaint!);
        }

        if (words.Count == 0)
        {
            return ExitCode.Done;
        }

        on.Array.Messages.Note(await on.Array.Session.GetStatusAsync());
        return await CommandRunner.RunAsync(on, words);
    }
}
