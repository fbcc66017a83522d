using System.CommandLine;
using Raid5Fs.Client.Commands;

namespace Raid5Fs.Client.Verbs;

/// <summary>The commands of the shell, each as a verb: the array is opened for it and closed after it.</summary>
internal static class FileVerbs
{
    public static IEnumerable<Command> Create(VerbFrame frame) => CommandList.Alone.Select(command => Create(frame, command));

    private static Command Create(VerbFrame frame, FileCommand command)
    {
        var verb = new Command(command.Name, $"{command.Summary}.");
        var words = new Argument<string[]>(command.Parameters.Length == 0 ? "NOTHING" : command.Parameters.Replace(' ', '-'))
        {
            Description = $"usage: {command.Usage}",
            Arity = ArgumentArity.ZeroOrMore,
            Hidden = command.Most == 0,
        };
        verb.Arguments.Add(words);
        var flags = new List<(CommandFlag Flag, Option<bool> Option)>();
        foreach (CommandFlag flag in command.Flags)
        {
            var option = new Option<bool>($"--{flag.Name}", $"-{flag.Letter}") { Description = flag.Summary };
            verb.Options.Add(option);
            flags.Add((flag, option));
        }

        verb.SetAction(async (parsed, _) =>
        {
            string[] given = parsed.GetValue(words) ?? [];
            if (given.Length < command.Least || given.Length > command.Most)
            {
                return frame.End(frame.Terminal(parsed).RefuseUsage($"usage: {command.Usage}"));
            }

            HashSet<char> set = [.. flags.Where(flag => parsed.GetValue(flag.Option)).Select(flag => flag.Flag.Letter)];
            return frame.End(await frame.WithWorkspaceAsync(
                parsed, frame.Terminal(parsed).Error, on => CommandRunner.RunAsync(on, command, new GivenWords(given, set))));
        });
        return verb;
    }
}
