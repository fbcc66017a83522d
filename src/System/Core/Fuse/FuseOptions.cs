namespace Raid5Fs.Fuse;

/// <summary>How a mount treats its kernel.</summary>
public sealed record FuseOptions
{
    /// <summary>
    /// For how long the kernel may believe attributes without asking: zero (it always asks) or more. Default one minute; as nobody but
    /// this kernel changes the file system, longer would be as true.
    /// </summary>
    public TimeSpan AttributeTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>As above, for names, be there something of that name or not. Default one minute.</summary>
    public TimeSpan EntryTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that nobody waits for, such as those of reading ahead, at a time: 1 to 65,535. Default 64.</summary>
    public int MaxBackground { get; init; } = 64;

    /// <summary>The most bytes that are read or written by one request: 4 KiB to 1 MiB, whole pages. Default 1 MiB.</summary>
    public int MaxTransfer { get; init; } = 1 << 20;
}
