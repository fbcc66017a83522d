using System.CommandLine;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Commands;
using Raid5Fs.Client.Connection;

namespace Raid5Fs.Client.Verbs;

/// <summary>What all verbs need: the options of the root, the terminal, and an array opened and closed around their work.</summary>
internal sealed class VerbFrame(Terminal terminal)
{
    public ConnectionArguments Connection { get; } = new();

    /// <summary>How the verb ended.</summary>
    public ExitCode Ended { get; private set; }

    /// <summary>The terminal, as this command line wants it.</summary>
    public Terminal Terminal(ParseResult parsed) => terminal with { IsJson = Connection.IsJson(parsed) };

    /// <summary>Notes how a verb ended.</summary>
    public int End(ExitCode code) => (int)(Ended = code);

    /// <summary>Opens the array that the command line means, as its owner.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="messages">Where it is said what operations meet.</param>
    /// <param name="work">What is done with it.</param>
    public async Task<ExitCode> WithArrayAsync(ParseResult parsed, TextWriter messages, Func<OwnedArray, Task<ExitCode>> work)
    {
        Terminal terminal = Terminal(parsed);
        if (Connection.Read(parsed, out string? complaint) is not { } options)
        {
            return terminal.RefuseUsage(complaint!);
        }

        (OwnedArray? array, ExitCode refused) = await OwnedArray.OpenAsync(options, Connection.TakesOver(parsed), terminal, messages);
        if (array is null)
        {
            return refused;
        }

        await using (array)
        {
            return await work(array);
        }
    }

    /// <summary>Opens the array and mounts its file system; unmounts it at the end, and says if the last changes were not kept.</summary>
    public Task<ExitCode> WithWorkspaceAsync(ParseResult parsed, TextWriter messages, Func<Workspace, Task<ExitCode>> work) =>
        WithArrayAsync(parsed, messages, async array =>
        {
            if (await Workspace.OpenAsync(array, Terminal(parsed)) is not { } on)
            {
                return ExitCode.Refused;
            }

            await using (on)
            {
                ExitCode ended = await work(on);
                ExitCode closed = await on.CloseAsync();
                return ended == ExitCode.Done ? closed : ended;
            }
        });
}
