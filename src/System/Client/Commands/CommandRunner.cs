using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>Runs one command as it was typed.</summary>
internal static class CommandRunner
{
    /// <param name="on">Where.</param>
    /// <param name="words">The command's name, and what was typed behind it: at least one.</param>
    public static async Task<ExitCode> RunAsync(Workspace on, IReadOnlyList<string> words)
    {
        if (CommandList.Find(words[0]) is not { } command)
        {
            return on.Terminal.RefuseUsage($"there is no command '{words[0]}'; help lists them");
        }

        if (GivenWords.Of(command, [.. words.Skip(1)], out string? complaint) is not { } given)
        {
            return on.Terminal.RefuseUsage(complaint!);
        }

        return await RunAsync(on, command, given);
    }

    /// <summary>Runs a command; a file of this machine that cannot be used is told like any other error.</summary>
    public static async Task<ExitCode> RunAsync(Workspace on, FileCommand command, GivenWords given)
    {
        try
        {
            return await command.RunAsync(on, given);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Errno errno = error switch
            {
                FileNotFoundException or DirectoryNotFoundException => Errno.ENOENT,
                UnauthorizedAccessException => Errno.EACCES,
                _ => Errno.EIO,
            };
            return on.Terminal.Refuse(errno, error.Message);
        }
        catch (OperationCanceledException)
        {
            return on.Terminal.Refuse(Errno.EIO, $"{command.Name} was interrupted");
        }
    }
}
