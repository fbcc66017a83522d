using System.Collections;
using System.CommandLine;
using System.CommandLine.Help;
using Raid5Fs.Server.Settings;
using Raid5Fs.Server.Verbs;

namespace Raid5Fs.Server;

/// <summary>The verbs, and what is the same for all of them: help, and one clear line for bad input.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 110;

    private delegate Task<ExitCode> Verb(SettingValues values, Terminal terminal);

    /// <summary>Parses and runs one command line.</summary>
    public static async Task<ExitCode> RunAsync(string[] arguments, IDictionary environment, Terminal terminal)
    {
        ExitCode ended = ExitCode.Done;
        var root = new Command(Terminal.ProgramName, $"""
            One block server of a RAID5 array: a member's blocks on real files, served over gRPC.

            Each option may also be said in the environment, as {Setting.EnvironmentPrefix}BLOCK_SIZE for --block-size, and in a JSON
            file that --config names, as "block-size". The command line comes first, then the environment, then the file.
            Exit codes: 0 done, 1 refused, and the first word of the line says why, 2 bad usage.
            """)
        {
            Create("format", "Makes a blank member of an empty folder, and prints the array's name.", FormatVerb.Settings, FormatVerb.RunAsync),
            Create("serve", "Serves a member until it is told to stop: SIGTERM or Ctrl-C once to end what is under way, twice to end at once.", ServeVerb.Settings, ServeVerb.RunAsync),
        };
        root.Options.Add(new HelpOption { Action = new HelpAction { MaxWidth = HelpWidth } });

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
        return ended;

        Command Create(string name, string description, IReadOnlyList<Setting> settings, Verb run)
        {
            var command = new Command(name, description);
            foreach (Setting setting in settings)
            {
                command.Options.Add(setting.Option);
            }

            command.SetAction(async (given, _) =>
            {
                ended = SettingValues.Gather(given, environment, out SettingValues? values) is { } wrong
                    ? terminal.RefuseUsage(wrong)
                    : await run(values!, terminal);
            });
            return command;
        }
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
                ? $"unknown verb '{unknown}'; there are {Listed(command.Subcommands)}"
                : unknown.StartsWith('-')
                    ? $"unknown option '{unknown}' for {command.Name}; there are {Listed(command.Options)}"
                    : $"{command.Name} does not know what to do with '{unknown}'";
        }

        return parsed.Errors[0].Message;
    }

    private static string Listed(IEnumerable<Symbol> symbols) => string.Join(", ", symbols.Select(symbol => symbol.Name));
}
