using Raid5Fs.Server;

return (int)await CommandLine.RunAsync(args, Environment.GetEnvironmentVariables(), new Terminal(Console.Out, Console.Error));
