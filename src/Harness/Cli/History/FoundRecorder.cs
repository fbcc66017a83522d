namespace Raid5Verify.Cli.History;

/// <summary>
/// Writes what a campaign without seeds finds into its database, each failure as it is found: they are few, and a process that is
/// killed has kept them.
/// </summary>
/// <param name="database">Belongs to the recorder until <see cref="Close"/>.</param>
/// <param name="campaign">Its number there.</param>
/// <param name="onRefusal">Told that something could not be written; nothing is recorded from then on.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class FoundRecorder(CampaignDatabase database, long campaign, Action onRefusal)
{
    private readonly RefusableWrites _writes = new(onRefusal);

    public void Add(FoundRun run) => _writes.Try(() => database.Write(campaign, run));

    /// <summary>Writes that the campaign ended.</summary>
    /// <param name="runs">Runs that ended.</param>
    /// <param name="isWhole">All that there was to run was run: what failed before, and is not among what was found, has held.</param>
    /// <returns>Why not all could be written, in one line; null if all was.</returns>
    public string? Close(long runs, bool isWhole)
    {
        _writes.Try(() => database.End(campaign, runs, isWhole));
        return _writes.Refusal;
    }
}
