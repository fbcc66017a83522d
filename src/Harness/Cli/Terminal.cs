namespace Raid5Verify.Cli;

/// <summary>Where a verb writes, and whether a person watches.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">What is wrong with the input or with the harness.</param>
/// <param name="IsInteractive">Lines may be drawn again; else each line is written once.</param>
/// <param name="Interruption">How the user asks to stop; null for not at all.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive, Interruption? Interruption = null)
{
    /// <summary>
    /// The user asked to stop: end early, and still report what there is. A verb that never asks for this is ended at once instead.
    /// </summary>
    public CancellationToken Interrupted => Interruption?.Token ?? CancellationToken.None;

    public static Terminal OfThisProcess(Interruption interruption) =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, interruption);

    /// <summary>Says what is wrong with the input: in one line, or several.</summary>
    public ExitCode Refuse(string complaint)
    {
        foreach (string line in complaint.Split('\n'))
        {
            Error.WriteLine($"raid5verify: {line}");
        }

        return ExitCode.BadInput;
    }

    /// <summary>Says what is wrong with files, in lines that begin with their places: so editors find them.</summary>
    public ExitCode RefuseFiles(IEnumerable<string> complaints)
    {
        foreach (string complaint in complaints)
        {
            Error.WriteLine(complaint);
        }

        return ExitCode.BadInput;
    }
}
