using Raid5Fs.Primitives;
using Raid5Verify.Campaigns;
using Raid5Verify.Coverage;
using Raid5Verify.Guided;
using Raid5Verify.Running;

namespace Raid5Verify.Cli.Reports;

/// <summary>A campaign in figures, a label and a text each: the live display and the summary show the same.</summary>
internal static class CampaignLines
{
    /// <param name="campaign">How far it is.</param>
    /// <param name="planned">Seeds there will be; null where only time ends it.</param>
    public static IEnumerable<CampaignLine> Of(CampaignSnapshot campaign, long? planned)
    {
        var done = campaign.Statistics;
        var array = done.Array;
        yield return new("seeds", Seeds(campaign, planned)) { IsOfFailures = campaign.Broken + campaign.HarnessFailed > 0 };
        yield return new("virtual time",
            $"{campaign.VirtualTime.TotalSeconds:N1} s, {campaign.VirtualTime.TotalSeconds / Seconds(campaign):N1} times real time");
        yield return new("operations", $"{done.Operations:N0}, {Share(Succeeded(done), done.Operations)} succeeded, {done.FullAnswers:N0} met a full file system; {done.ConcurrentSections:N0} times several side by side");
        yield return new("RPCs", $"{done.Rpcs:N0}, {array.Retries:N0} retries");
        yield return new("reads", $"{array.BlocksRead:N0} blocks, {Share(array.DegradedReads, array.BlocksRead)} degraded");
        yield return new("writes",
            $"{array.BlocksWritten:N0} blocks in {array.FullStripeWrites:N0} full stripes, {array.ReconstructWrites:N0} reconstruct-writes, "
            + $"{array.ReadModifyWrites:N0} read-modify-writes, {array.DataOnlyWrites:N0} without parity");
        yield return new("mended", $"{array.Heals:N0} units healed, {array.RefilledRows:N0} rows refilled");
        yield return new("servers",
            $"{done.ReplacedMembers:N0} members replaced, damage named in {done.NamedSuperblocks:N0} superblocks, "
            + $"{done.NamedCheckpoints:N0} checkpoints, {done.NamedLogs:N0} logs; {done.TornSectors:N0} sectors torn");
        yield return new("clients",
            $"{done.Recoveries:N0} recoveries, {done.UndoneOperations:N0} operations undone by crashes, {done.LateRefusals:N0} late refusals");
        yield return new("faults met", Kinds(done.Faults, fault => fault.Hit));
        yield return new("of injected", Kinds(done.Faults, fault => fault.Injected));
        yield return new("states", States(campaign.Coverage));
    }

    /// <summary>The same of runs that are not drawn alike: nothing can be said of the next one.</summary>
    /// <param name="campaign">How far it is.</param>
    /// <param name="planned">Runs there will be; null where only time ends it.</param>
    public static IEnumerable<CampaignLine> Of(GuidedSnapshot campaign, long? planned) => Of(campaign.Sums, planned)
        .Select(line => line.Label switch
        {
            "seeds" => line with { Label = "runs" },
            "states" => line with { Text = Reached(campaign.Sums.Coverage) },
            _ => line,
        })
        .Append(new("guided", $"{campaign.Mutants:N0} runs of mutants; {campaign.Corpus:N0} scenarios that reached new states to go on from"));

    /// <summary>What is said when it has ended.</summary>
    /// <param name="campaign">Its end.</param>
    /// <param name="shard">The part that was run.</param>
    public static IEnumerable<CampaignLine> OfEnd(CampaignSnapshot campaign, Shard shard)
    {
        if (campaign.KnownToFail > 0)
        {
            yield return new("ran first",
                $"{campaign.KnownToFail:N0} seeds that failed before: {campaign.KnownThatFailed:N0} fail again, {campaign.KnownToFail - campaign.KnownThatFailed:N0} held");
        }

        yield return new("hashes",
            $"combined {campaign.CombinedHash:x16}, sum {campaign.HashSum:x16}"
            + (shard.IsWhole ? "" : $" of shard {shard}: the sums of all shards add up to the whole's, modulo 2^64"));
    }

    public static long Succeeded(RunStatistics statistics) =>
        statistics.Answers.Where(pair => pair.Answer == Errno.OK).Sum(pair => pair.Count);

    private static string Seeds(CampaignSnapshot campaign, long? planned)
    {
        var of = planned is { } seeds && seeds != campaign.SeedsDone ? $" of {seeds:N0}" : "";
        var failed = campaign.Broken + campaign.HarnessFailed;
        return $"{campaign.SeedsDone:N0}{of} in {campaign.Elapsed.TotalSeconds:N1} s, "
            + $"{campaign.SeedsDone / Seconds(campaign):N1}/s, {failed:N0} failed";
    }

    /// <summary>What was reached, and by the estimate of Good and Turing how likely it is that there is more.</summary>
    private static string States(CoverageSummary coverage) =>
        $"{Reached(coverage)}, so the next one shows a new state with a chance of about {100 * coverage.ChanceOfNew:N0} %, {coverage.NewStates:N1} on average";

    /// <summary>What was reached alone.</summary>
    private static string Reached(CoverageSummary coverage) =>
        $"{coverage.States:N0} of protocol phase × row state × fault kind; {coverage.Once:N0} of them in one run only";

    private static double Seconds(CampaignSnapshot campaign) => Math.Max(campaign.Elapsed.TotalSeconds, 0.001);

    private static string Kinds(IEnumerable<FaultCount> faults, Func<FaultCount, long> count)
    {
        var kinds = string.Join(", ", faults.Where(fault => count(fault) > 0).Select(fault => $"{fault.Tag} {count(fault):N0}"));
        return kinds.Length == 0 ? "none" : kinds;
    }

    private static string Share(long part, long whole) => whole == 0 ? "none" : $"{100.0 * part / whole:N1} %";
}

/// <summary>A figure of a campaign, or a few.</summary>
/// <param name="Label">At most 12 characters.</param>
/// <param name="Text">In one line.</param>
internal sealed record CampaignLine(string Label, string Text)
{
    /// <summary>It says that something failed.</summary>
    public bool IsOfFailures { get; init; }

    public override string ToString() => $"{Label,-12} {Text}";
}
