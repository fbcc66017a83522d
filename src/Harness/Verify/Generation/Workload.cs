namespace Raid5Verify.Generation;

/// <summary>What is done with the files of a scenario that is drawn.</summary>
internal sealed record Workload
{
    private Workload()
    {
    }

    /// <summary>Names that may exist at once.</summary>
    public required int MaxNames { get; init; }

    /// <summary>Whether the file system may become full.</summary>
    public bool FillsUp { get; private init; }

    /// <summary>Whether trees are deep, names long, directories large, and files huge but for what is in them.</summary>
    public bool IsDeep { get; private init; }

    /// <summary>Few small files, and enough room for them: neither blocks nor inodes run out.</summary>
    public static Workload Ordinary { get; } = new() { MaxNames = 24 };

    /// <summary>Files grow until there is no room left.</summary>
    public static Workload Filling { get; } = new() { MaxNames = int.MaxValue, FillsUp = true };

    /// <summary>Whatever is large in some way.</summary>
    public static Workload Deep { get; } = new() { MaxNames = 100, IsDeep = true };
}
