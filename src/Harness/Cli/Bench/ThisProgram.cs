namespace Raid5Verify.Cli.Bench;

/// <summary>This command line, as a process of its own.</summary>
internal static class ThisProgram
{
    /// <summary>Runs it to its end; what it complains of is passed on.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(params IReadOnlyList<string> arguments)
    {
        var ended = DotnetProcess.Run(["exec", typeof(ThisProgram).Assembly.Location, .. arguments], [], Timeout.InfiniteTimeSpan, CancellationToken.None);
        Console.Error.Write(ended.Complaint);
        return ended.Output;
    }
}
