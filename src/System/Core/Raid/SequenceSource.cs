namespace Raid5Fs.Raid;

/// <summary>
/// The numbers by which members order this client's writes: each one higher than all before, on all members.
/// </summary>
internal sealed class SequenceSource
{
    private ulong _last;

    public ulong Next() => ++_last;

    /// <summary>
    /// Takes note of the highest that a member has seen: an earlier client of the same boot may have used it.
    /// </summary>
    public void Pass(ulong seen) => _last = Math.Max(_last, seen);
}
