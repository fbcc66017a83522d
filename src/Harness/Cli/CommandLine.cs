using System.CommandLine;
using System.CommandLine.Help;
using Raid5Verify.Cli.Verbs;

namespace Raid5Verify.Cli;

/// <summary>The verbs, and what is the same for all of them: help, and one clear line for bad input.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 110;

    /// <summary>Parses and runs one command line. Never writes to the process's own console.</summary>
    public static ExitCode Run(string[] arguments, Terminal terminal)
    {
        var root = new Command("raid5verify", """
            Holds a RAID5 network file system to its promises, under faults, in simulation.

            Run it from a clone: dotnet run -c Release --project src/Harness/Cli -- VERB
            Exit codes: 0 all held, 1 a promise was broken, 2 bad usage or input, 3 the harness itself failed.
            """)
        {
            ExploreVerb.Create(terminal),
            FailuresVerb.Create(terminal),
            ReplayVerb.Create(terminal),
            ShrinkVerb.Create(terminal),
            RunVerb.Create(terminal),
            SchemaVerb.Create(terminal),
            CertifyVerb.Create(terminal),
            MutantsVerb.Create(terminal),
            BenchVerb.Create(terminal),
        };
        root.Options.Add(new HelpOption { Action = new HelpAction { MaxWidth = HelpWidth } });

        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Action is not HelpAction && Complaint(parsed) is { } complaint)
        {
            return terminal.Refuse(complaint);
        }

        return (ExitCode)parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static string? Complaint(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var unknown = parsed.UnmatchedTokens[0];
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
