using FsCheck;
using Raid5Verify.Generation;

namespace Raid5Verify.Specs;

/// <summary>Lost replies, retries and duplicates have the effect of one call.</summary>
public sealed class Promise09_Idempotence
{
    [Promise(40)]
    public Property Messages_lost_doubled_overtaken_or_damaged_change_nothing() => Spec.Holds(Profile.Quick.WithFaults(
        "lose-requests", "lose-replies", "duplicate", "reorder", "garble", "disconnect", "clog"));

    [Promise(20)]
    public Property Nor_do_they_when_a_server_was_away_meanwhile() => Spec.Holds(Profile.Quick.WithFaults(
        "clog", "duplicate", "lose-replies", "crash", "pause"));
}
