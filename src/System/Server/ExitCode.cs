namespace Raid5Fs.Server;

/// <summary>What the process says to a script.</summary>
internal enum ExitCode
{
    /// <summary>It did what was asked; a server was asked to stop.</summary>
    Done = 0,

    /// <summary>It could not: the first word of the line is the error's name.</summary>
    Refused = 1,

    /// <summary>The command line, the environment or the file of settings is wrong.</summary>
    Usage = 2,
}
