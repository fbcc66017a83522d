namespace Raid5Fs.Server;

/// <summary>Where a verb writes.</summary>
/// <param name="Out">What a script waits for.</param>
/// <param name="Error">What is wrong, in one line.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    public const string ProgramName = "raid5fs-server";

    /// <summary>Says that what was asked cannot be done.</summary>
    /// <param name="name">Of an errno or a fault: what a script looks at.</param>
    /// <param name="complaint">Where, and what.</param>
    public ExitCode Refuse(string name, string complaint)
    {
        Error.WriteLine($"{ProgramName}: {name}: {complaint}");
        return ExitCode.Refused;
    }

    /// <summary>Says what is wrong with what was asked.</summary>
    public ExitCode RefuseUsage(string complaint)
    {
        Error.WriteLine($"{ProgramName}: {complaint}");
        return ExitCode.Usage;
    }
}
