using System.CommandLine;
using System.CommandLine.Help;
using Raid5Fs.Client.Verbs;

namespace Raid5Fs.Client;

/// <summary>The verbs, and what is the same for all of them: help, and one clear line for bad input.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 110;

    /// <summary>Parses and runs one command line.</summary>
    public static async Task<ExitCode> RunAsync(string[] arguments, Terminal terminal)
    {
        var frame = new VerbFrame(terminal);
        Command root = Create(frame);
        ParseResult parsed = root.Parse(
            arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration { EnablePosixBundling = false });
        if (parsed.Action is not HelpAction && Complaint(parsed) is { } complaint)
        {
            return terminal.RefuseUsage(complaint);
        }

        await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
        return frame.Ended;
    }

    /// <summary>All verbs.</summary>
    public static Command Create(VerbFrame frame)
    {
        var root = new Command(Terminal.ProgramName, """
            A UNIX file system over block servers, RAID5: files, care for the array, and clusters on this machine.

            Begin with: raid5fs local up, then raid5fs shell
            Exit codes: 0 done, 1 refused, and the first word of the line is the error's name, 2 bad usage.
            """)
        {
            LocalVerb.Create(frame),
            MkfsVerb.Create(frame),
            ShellVerb.Create(frame),
            StatusVerb.Create(frame),
            MountVerb.Create(frame),
            FsckVerb.Create(frame),
            ExperimentVerb.Create(frame),
            CompletionVerb.Create(frame),
        };
        CareVerbs.Create(frame).ToList().ForEach(root.Subcommands.Add);
        FileVerbs.Create(frame).ToList().ForEach(root.Subcommands.Add);
        frame.Connection.Options.ToList().ForEach(root.Options.Add);
        root.Options.Add(new HelpOption { Action = new HelpAction { MaxWidth = HelpWidth } });
        return root;
    }

    private static string? Complaint(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string unknown = parsed.UnmatchedTokens[0];
            return command.Subcommands.Count > 0
                ? $"unknown verb '{unknown}'; {command.Name} --help lists them"
                : unknown.StartsWith('-')
                    ? $"unknown option '{unknown}'; {command.Name} --help lists them"
                    : $"{command.Name} does not know what to do with '{unknown}'";
        }

        return parsed.Errors[0].Message;
    }
}
