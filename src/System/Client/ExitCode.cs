namespace Raid5Fs.Client;

/// <summary>What the process says to a script.</summary>
internal enum ExitCode
{
    /// <summary>It did what was asked.</summary>
    Done = 0,

    /// <summary>It could not: the first word of the line is the error's name.</summary>
    Refused = 1,

    /// <summary>The command line, or a file that it names, is wrong.</summary>
    Usage = 2,
}
