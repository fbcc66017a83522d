using Raid5Verify.Cli;

using var interruption = new Interruption();
Terminal terminal = Terminal.OfThisProcess(interruption);
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
{
    terminal.Error.WriteLine($"raid5verify: the harness failed: {unhandled.ExceptionObject}");
    Environment.Exit((int)ExitCode.HarnessFailed);
};

try
{
    return (int)CommandLine.Run(args, terminal);
}
catch (IOException refused)
{
    // Every verb minds its own files: what is left is the standard output, on a full disk or to nobody.
    return (int)terminal.Refuse($"the output cannot be written: {refused.Message}");
}
