namespace Raid5Fs.Server.Settings;

/// <summary>How events are logged, each on a line of its own.</summary>
internal enum LogFormat
{
    /// <summary>For a person.</summary>
    Text,

    /// <summary>For a program: a JSON object with the event's values.</summary>
    Json,
}
