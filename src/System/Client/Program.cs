using Raid5Fs.Client;

using var interruption = new Interruption();
return (int)await CommandLine.RunAsync(args, Terminal.OfThisProcess(interruption));
