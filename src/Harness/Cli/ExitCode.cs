namespace Raid5Verify.Cli;

/// <summary>What the process says to a script.</summary>
internal enum ExitCode
{
    /// <summary>Every promise held.</summary>
    Held = 0,

    /// <summary>The system under test broke a promise.</summary>
    PromiseBroken = 1,

    /// <summary>
    /// The command line or an input file is wrong, and nothing was run; or nothing failed that was run, but it was not all, or an output
    /// could not be written to the end; or a certificate was interrupted.
    /// </summary>
    BadInput = 2,

    /// <summary>The harness itself failed: nondeterminism, a deadlock, an escape, an endless loop, a bug.</summary>
    HarnessFailed = 3,
}
