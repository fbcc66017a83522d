namespace Raid5Verify.Scenarios;

/// <summary>How far the faults of a run may go, and so what it demands of the system.</summary>
public enum RunMode
{
    /// <summary>Never a second bad unit in a row: every promise holds, and every operation succeeds.</summary>
    Safety,

    /// <summary>Anything goes: operations may fail, but what is answered is right, now and after any crash.</summary>
    Beyond,

    /// <summary>
    /// Any number of servers may be away at once, but nothing is destroyed: operations may fail meanwhile, and once all
    /// faults have ended everything comes good.
    /// </summary>
    Liveness,
}
