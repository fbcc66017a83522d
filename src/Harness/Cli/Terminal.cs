namespace Raid5Verify.Cli;

/// <summary>Where a verb writes, and whether a person watches.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">What is wrong with the input or with the harness.</param>
/// <param name="IsInteractive">Lines may be drawn again; else each line is written once.</param>
/// <param name="Interrupted">The user asked to stop: end early, and still report what there is.</param>
internal sealed record Terminal(
    TextWriter Out, TextWriter Error, bool IsInteractive, CancellationToken Interrupted = default)
{
    /// <param name="interrupted">Cancelled when the user asks to stop.</param>
    public static Terminal OfThisProcess(CancellationToken interrupted) =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, interrupted);

    /// <summary>Says in one line what is wrong with the input.</summary>
    public ExitCode Refuse(string complaint)
    {
        Error.WriteLine($"raid5verify: {complaint}");
        return ExitCode.BadInput;
    }
}
