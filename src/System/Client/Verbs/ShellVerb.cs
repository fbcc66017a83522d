using System.CommandLine;
using Raid5Fs.Client.Commands;
using Raid5Fs.Client.Shell;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>shell</c>: commands that somebody types, or a script.</summary>
internal static class ShellVerb
{
    public static Command Create(VerbFrame frame)
    {
        var script = new Argument<string?>("SCRIPT")
        {
            Description = "A file of commands, a line each. Without one they are read from the standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Option<string[]>("--command", "-c") { Description = "A line to run instead; may be said several times", HelpName = "LINE" };
        var endsOnError = new Option<bool>("--errexit", "-e") { Description = "The first command that fails ends the shell" };
        var verb = new Command("shell", "Runs commands on the file system, one after another; 'help' lists them.") { script, command, endsOnError };
        verb.SetAction(async (parsed, _) => frame.End(await frame.WithWorkspaceAsync(
            parsed,
            frame.Terminal(parsed).Out,
            on => RunAsync(on, parsed.GetValue(script), parsed.GetValue(command) ?? [], parsed.GetValue(endsOnError)))));
        return verb;
    }

    private static async Task<ExitCode> RunAsync(Workspace on, string? script, string[] lines, bool endsOnError)
    {
        var shell = new CommandShell(on);
        if (lines.Length > 0)
        {
            var next = new Queue<string>(lines);
            return await shell.RunAsync(() => Task.FromResult(next.TryDequeue(out string? line) ? line : null), endsOnError);
        }

        if (script is not null)
        {
            if (!File.Exists(script))
            {
                return on.Terminal.RefuseUsage($"{script}: there is no such file");
            }

            using StreamReader reader = File.OpenText(script);
            return await shell.RunAsync(reader.ReadLineAsync, endsOnError);
        }

        if (!on.Terminal.IsInteractive)
        {
            return await shell.RunAsync(on.Terminal.In.ReadLineAsync, endsOnError);
        }

        var editor = new LineEditor(new Completion(on), Console.Out, static () => Console.ReadKey(intercept: true));
        await shell.RunAsync(() => editor.ReadAsync($"{on.Directory}> "), endsOnError: false);
        return ExitCode.Done;
    }
}
