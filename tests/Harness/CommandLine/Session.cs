using Raid5Verify.Cli;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>One run of the command line, as a script sees it.</summary>
internal sealed record Session(int ExitCode, string Out, string Error)
{
    public static Session Of(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var code = Cli.CommandLine.Run(arguments, new Terminal(output, error, IsInteractive: false));
        return new Session((int)code, output.ToString(), error.ToString());
    }

    /// <summary>The form in which sessions are approved.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- out\n{Out}--- error\n{Error}";
}
