using System.CommandLine;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>schema</c>: what editors, and people, need to know of scenario files.</summary>
internal static class SchemaVerb
{
    public static Command Create(Terminal terminal)
    {
        var reference = new Option<bool>("--reference")
        {
            Description = "Print every key, step and counter as Markdown instead: the reference in specs/scenario-format.md",
        };
        var command = new Command("schema", "Prints the JSON Schema of scenario files: editors complete and check them by it.") { reference };
        command.SetAction(parsed =>
        {
            terminal.Out.Write(parsed.GetValue(reference) ? ScenarioReference.Write() : ScenarioSchema.Write());
            return (int)ExitCode.Held;
        });
        return command;
    }
}
