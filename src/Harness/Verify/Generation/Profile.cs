using Raid5Verify.Scenarios;

namespace Raid5Verify.Generation;

/// <summary>What kind of scenarios a campaign draws.</summary>
public sealed record Profile
{
    private Profile()
    {
    }

    /// <summary>As the command line spells it.</summary>
    public required string Name { get; init; }

    /// <summary>In one line, for the help text.</summary>
    public required string About { get; init; }

    /// <summary>File operations a scenario.</summary>
    public required int Operations { get; init; }

    /// <summary>The most times that faults strike in a scenario.</summary>
    public required int Faults { get; init; }

    /// <summary>The most faults that strike together.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>One time in so many that faults strike, they are those of a drill.</summary>
    public int DrillOneIn { get; init; } = 4;

    /// <summary>How far faults may go, and what is demanded for it.</summary>
    public RunMode Mode { get; init; } = RunMode.Safety;

    /// <summary>The longest pause before an operation.</summary>
    public TimeSpan Think { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>What is done with the files; null: now this, now that.</summary>
    internal Workload? Workload { get; init; }

    /// <summary>Tags of the faults that may be drawn; null for every kind.</summary>
    internal IReadOnlyList<string>? OnlyFaults { get; init; }

    /// <summary>The cluster of every scenario; null draws one for each.</summary>
    internal ClusterShape? Cluster { get; init; }

    /// <summary>
    /// Of which other profile a seed is now and then; null for never. What two servers that are away at once bring to light, no budget
    /// lets see.
    /// </summary>
    internal Profile? Sometimes { get; init; }

    /// <summary>The same, and never another one.</summary>
    internal Profile Alone => this with { Sometimes = null };

    /// <summary>A small cluster, few operations: for a first look and for tests.</summary>
    public static Profile Quick { get; } = new()
    {
        Name = "quick",
        About = "30 operations, up to 5 faults within the budget: a first look",
        Operations = 30,
        Faults = 5,
    };

    /// <summary>Nothing is spared, and what is answered must be right all the same.</summary>
    public static Profile Beyond { get; } = new()
    {
        Name = "beyond",
        About = "100 operations, up to 12 bursts of faults without any budget: an answer is right, or an error",
        Operations = 100,
        Faults = 12,
        Burst = 4,
        Mode = RunMode.Beyond,
    };

    /// <summary>Servers, links and clients fail together, but nothing is destroyed; in the end all comes good.</summary>
    public static Profile Liveness { get; } = new()
    {
        Name = "liveness",
        About = "100 operations, up to 12 bursts of faults that destroy nothing: when they end, all comes good",
        Operations = 100,
        Faults = 12,
        Burst = 4,
        Mode = RunMode.Liveness,
        DrillOneIn = 2,
        OnlyFaults =
        [
            "crash", "pause", "slow", "lose-requests", "lose-replies", "garble", "duplicate", "reorder", "partition", "clog",
            "disconnect", "crash-client", "takeover", "flap", "fail-writes", "full-disk", "slow-disk", "crash-at", "skew-clock",
            "narrow", "clog-in-turn", "impostor", "swap", "crash-client-at", "stray",
        ],
    };

    public static Profile Default { get; } = new()
    {
        Name = "default",
        About = "100 operations, up to 28 faults or drills within the budget: every promise holds; one seed in six is one of liveness",
        Operations = 100,
        Faults = 28,
        Sometimes = Liveness,
    };

    /// <summary>What is large: trees, names, directories, files.</summary>
    public static Profile Deep { get; } = new()
    {
        Name = "deep",
        About = "100 operations on deep trees, long names, huge sparse files, and now and then a directory of 10,000 entries; up to 28 faults within the budget",
        Operations = 100,
        Faults = 28,
        Workload = Workload.Deep,
    };

    /// <summary>Operations and nothing else: what is left to find where nothing ever fails.</summary>
    public static Profile Plain { get; } = new()
    {
        Name = "plain",
        About = "100 operations, no fault at all: what property-based testing alone would see",
        Operations = 100,
        Faults = 0,
        OnlyFaults = [],
    };

    /// <summary>Few runs, each as long as many: what only shows after much was mended.</summary>
    public static Profile Soak { get; } = new()
    {
        Name = "soak",
        About = "3,000 operations over minutes of virtual time, up to 400 faults within the budget with time to mend between them",
        Operations = 3000,
        Faults = 400,
        Think = TimeSpan.FromMilliseconds(200),
    };

    public static IReadOnlyList<Profile> All { get; } = [Quick, Default, Beyond, Liveness, Deep, Soak, Plain];

    /// <returns>Null if there is none of that name.</returns>
    public static Profile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The same with faults of some kinds only; none for no faults at all.</summary>
    /// <param name="tags">As YAML spells them.</param>
    public Profile WithFaults(params IReadOnlyList<string> tags) => Alone with { OnlyFaults = tags };

    /// <summary>The same on file systems that become full.</summary>
    public Profile FillingUp() => Alone with { Workload = Workload.Filling };

    /// <summary>The same on a cluster of one's choice; the workload is made to fit it.</summary>
    public Profile On(ClusterShape cluster) => Alone with { Cluster = cluster };

    public override string ToString() => Name;
}
