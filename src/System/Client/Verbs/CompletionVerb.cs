using System.CommandLine;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>completion</c>: what makes a shell of this machine complete the tool's verbs and options.</summary>
internal static class CompletionVerb
{
    public static Command Create(VerbFrame frame)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var verb = new Command("completion", "Prints a script for bash or zsh; source <(raid5fs completion bash)") { shell };
        verb.SetAction((parsed, _) =>
        {
            frame.Terminal(parsed).Out.Write(Script(parsed.RootCommandResult.Command, parsed.GetValue(shell)!));
            return Task.FromResult(frame.End(ExitCode.Done));
        });
        return verb;
    }

    private static string Script(Command root, string shell)
    {
        string options = string.Join(' ', root.Options.SelectMany(Names));
        string cases = string.Concat(root.Subcommands.Select(verb =>
            $"    {verb.Name}) words=\"{string.Join(' ', verb.Subcommands.Select(static below => below.Name).Concat(verb.Options.SelectMany(Names)))}\" ;;\n"));
        string bash = $$"""
            _raid5fs() {
              local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=
              if [ "$COMP_CWORD" -eq 1 ]; then
                words="{{string.Join(' ', root.Subcommands.Select(static verb => verb.Name))}}"
              else
                case $verb in
            {{cases.TrimEnd('\n')}}
                esac
              fi
              COMPREPLY=($(compgen -W "$words {{options}}" -- "$word"))
            }
            complete -o default -F _raid5fs raid5fs

            """;
        return shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" + bash : bash;
    }

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name);
}
