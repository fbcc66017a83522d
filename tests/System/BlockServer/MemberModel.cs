using System.Collections.Immutable;
using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// What a member should say after the calls that it was sent, told without slots, logs and files. Immutable: each call
/// gives the next.
/// </summary>
internal sealed record MemberModel
{
    public Claim Promised { get; init; }

    public View View { get; init; }

    public Epoch Self { get; init; }

    public SealedEpoch? Sealed { get; init; }

    private ImmutableSortedDictionary<int, (int Version, Epoch Epoch)> History { get; init; } =
        ImmutableSortedDictionary<int, (int, Epoch)>.Empty;

    private ImmutableSortedDictionary<int, int> Pending { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    private ImmutableSortedDictionary<int, int> Open { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    private Epoch OpenEpoch { get; init; }

    public MemberModel Grant(Claim claim) => this with { Promised = claim, Open = Open.Clear() };

    public MemberModel Write(Epoch epoch, IEnumerable<(int Row, int Version)> blocks)
    {
        ImmutableSortedDictionary<int, int> open = epoch == OpenEpoch ? Open : Open.Clear();
        return this with { OpenEpoch = epoch, Open = open.SetItems(blocks.Select(block => KeyValuePair.Create(block.Row, block.Version))) };
    }

    public MemberModel Prepare(SealedEpoch epoch)
    {
        if (Sealed?.Epoch == epoch.Epoch)
        {
            return this with { Sealed = epoch };
        }

        return Commit() with { Sealed = epoch, Pending = Open, Open = Open.Clear() };
    }

    /// <summary>Commits what is sealed, if anything is.</summary>
    public MemberModel Commit()
    {
        if (Sealed is not { } pending)
        {
            return this;
        }

        var own = new View(pending.Stamp, pending.Epoch, pending.Mask);
        return this with
        {
            History = History.SetItems(Pending.Select(block => KeyValuePair.Create(block.Key, (block.Value, pending.Epoch)))),
            Pending = Pending.Clear(),
            Sealed = null,
            Self = pending.Mask.Contains(OneMember.Place) ? pending.Epoch : Self,
            View = pending.Stamp > View.Stamp ? own : View,
        };
    }

    public MemberModel Record(View view) =>
        (Sealed?.Epoch == view.Decided ? this : this with { Sealed = null, Pending = Pending.Clear() }) with { View = view };

    public MemberModel Join(Claim claim, View view)
    {
        MemberModel decided = Grant(claim).Record(view);
        return decided.Commit() with { View = view };
    }

    /// <summary>In the words of <see cref="OneMember.DescribeAsync"/>.</summary>
    /// <param name="survivors">Only what outlives the process: not the open epoch.</param>
    public string Describe(bool survivors)
    {
        ImmutableSortedDictionary<int, (int Version, Epoch Epoch)> rows = History.SetItems(
            Pending.Select(block => KeyValuePair.Create(block.Key, (block.Value, Sealed!.Value.Epoch))));
        if (!survivors)
        {
            rows = rows.SetItems(Open.Select(block => KeyValuePair.Create(block.Key, (block.Value, OpenEpoch))));
        }

        StringBuilder said = OneMember.DescribeStanding(Promised, View, Self, Sealed);
        foreach ((int row, (int version, Epoch epoch)) in rows)
        {
            said.AppendLine($"row {row}: {version} of {epoch}");
        }

        return said.ToString();
    }
}
