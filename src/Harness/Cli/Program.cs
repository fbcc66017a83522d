using Raid5Verify.Cli;

Terminal terminal = Terminal.OfThisProcess();
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
{
    terminal.Error.WriteLine($"raid5verify: the harness failed: {unhandled.ExceptionObject}");
    Environment.Exit((int)ExitCode.HarnessFailed);
};

return (int)CommandLine.Run(args, terminal);
