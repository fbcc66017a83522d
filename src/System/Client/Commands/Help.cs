namespace Raid5Fs.Client.Commands;

/// <summary><c>help</c>: what there is, and how it is used.</summary>
internal sealed class Help() : FileCommand("help", "[COMMAND]", "Lists the commands, or explains one")
{
    public override bool IsOfShell => true;

    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        if (given.Count == 0)
        {
            foreach (FileCommand command in CommandList.All)
            {
                on.Out.WriteLine($"{command.Name,-18} {command.Summary}");
            }

            return Task.FromResult(ExitCode.Done);
        }

        if (CommandList.Find(given[0]) is not { } asked)
        {
            return Task.FromResult(on.Terminal.RefuseUsage($"there is no command '{given[0]}'"));
        }

        on.Out.WriteLine(asked.Summary);
        on.Out.WriteLine($"usage: {asked.Usage}");
        foreach (CommandFlag flag in asked.Flags)
        {
            on.Out.WriteLine($"  -{flag.Letter}, --{flag.Name,-12} {flag.Summary}");
        }

        return Task.FromResult(ExitCode.Done);
    }
}
