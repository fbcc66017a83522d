using FsCheck.Xunit;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>The decision of a recovery, for everything that members can say.</summary>
/// <remarks>
/// The epoch before, 1.1, is decided on all members or on all but one. Epoch 1.2 is in flight: offered to all that count,
/// and to one that joined; when one of them was lost, to the rest as version 1; and when the one that joined was lost then, as
/// version 2 to all but that one: the one that was lost first is in again.
/// </remarks>
public sealed class RecoveryDecisionTests
{
    private static readonly Epoch Before = Epoch.Of(1, 1);
    private static readonly Epoch InFlight = Epoch.Of(1, 2);

    [Fact]
    public void Nothing_in_flight_is_clean() => Expect(
        RecoveryDirection.Clean, Before, MemberSet.All(4), new History(4, Absent: null, Lost: null, "...."), "####");

    [Fact]
    public void Sealed_by_all_is_forward() => Expect(
        RecoveryDirection.Forward, InFlight, MemberSet.All(4), new History(4, null, null, "0000"), "####");

    [Fact]
    public void Sealed_by_all_but_one_that_is_not_reached_is_forward() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b0111), new History(4, null, null, "0000"), "###-");

    [Fact]
    public void Lacking_on_one_and_unknown_on_another_is_back() => Expect(
        RecoveryDirection.Back, Before, new MemberSet(0b0111), new History(4, null, null, "00.0"), "###-");

    /// <summary>It could be had, but cannot have been acknowledged, and without it no row is stale on any.</summary>
    [Fact]
    public void Lacking_on_one_only_is_back() => Expect(
        RecoveryDirection.Back, Before, MemberSet.All(4), new History(4, null, null, "00.0"), "####");

    /// <summary>It may have sealed it, told so, and forgotten.</summary>
    [Fact]
    public void Lacking_on_one_only_that_was_started_anew_is_forward() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b1011), new History(4, null, null, "00-0"), "####");

    [Fact]
    public void A_blank_one_cannot_tell() =>
        Assert.Null(Decide(new History(4, Absent: null, Lost: null, "00b0"), "###-"));

    [Fact]
    public void Sealed_without_the_lost_one_is_forward() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b0111), new History(4, null, Lost: 3, "111."), "####");

    /// <summary>The one that was lost has sealed the first version, whole.</summary>
    [Fact]
    public void The_lost_one_counts_for_what_it_sealed() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b1011), new History(4, null, Lost: 3, "11-0"), "####");

    [Fact]
    public void Sealed_by_one_that_was_out_and_is_in_again_is_forward() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b0111), new History(4, Absent: 3, Lost: 2, "222.", IsDrawnAnew: true), "####");

    [Fact]
    public void One_that_was_left_out_at_last_counts_for_what_it_sealed() => Expect(
        RecoveryDirection.Forward, InFlight, new MemberSet(0b1011), new History(4, Absent: 3, Lost: 2, "2121", IsDrawnAnew: true), "##-#");

    /// <summary>It sealed a version that does not count on it, and was to seal one that does.</summary>
    [Fact]
    public void Lacking_the_version_in_which_it_is_in_again_is_back() => Expect(
        RecoveryDirection.Back, Before, new MemberSet(0b0111), new History(4, Absent: 3, Lost: 2, "2110", IsDrawnAnew: true), "####");

    [Fact]
    public void While_the_one_that_could_tell_is_away_it_is_left_open() =>
        Assert.Null(Decide(new History(4, Absent: 3, Lost: null, "000.", JoinsInFlight: false), "##-#"));

    [Fact]
    public void Too_few_are_too_few() =>
        Assert.Null(Decide(new History(4, Absent: 3, Lost: null, "....", JoinsInFlight: false), "##-#"));

    /// <summary>Every state that members can be in, and every set of them that may be reached.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void What_may_have_been_acknowledged_is_never_undone(int members)
    {
        int decided = 0;
        foreach (History history in Histories(members))
        {
            decided += Judge(history);
        }

        Assert.True(decided > 100, $"{decided} decisions");
    }

    [Property(MaxTest = 300)]
    public bool Nor_is_it_on_larger_arrays(byte size, byte absent, byte lost, bool joins, bool again, uint seals)
    {
        int members = 5 + (size % 8);
        char[] states = new char[members];
        for (int member = 0; member < members; member++)
        {
            // Most have sealed what they were offered: else everything is rolled back.
            uint draw = (seals >> (2 * member)) & 3;
            states[member] = draw == 0 ? (member % 2 == 0 ? '.' : '-')
                : draw == 1 || lost % 2 == 0 ? '0'
                : draw == 2 || !again ? '1'
                : '2';
        }

        var history = new History(
            members,
            absent % 2 == 0 ? null : absent / 2 % members,
            lost % 2 == 0 ? null : lost / 2 % members,
            new string(states),
            joins,
            again);
        if (history.IsPossible)
        {
            Judge(history);
        }

        return true;
    }

    private static IEnumerable<History> Histories(int members)
    {
        int?[] places = [null, .. Enumerable.Range(0, members).Select(place => (int?)place)];
        foreach (int? absent in places)
        {
            foreach (int? lost in places)
            {
                foreach (string states in Words(members))
                {
                    foreach ((bool joins, bool again) in new[] { (false, false), (true, false), (true, true) })
                    {
                        var history = new History(members, absent, lost, states, joins, again);
                        if (history.IsPossible)
                        {
                            yield return history;
                        }
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Words(int length) =>
        length == 0 ? [string.Empty] : Words(length - 1).SelectMany(word => ".-012".Select(letter => word + letter));

    /// <summary>Checks the decision, and those of every recovery that may follow.</summary>
    /// <returns>Decisions that were made.</returns>
    private static int Judge(History history)
    {
        int decided = 0;
        uint all = MemberSet.All(history.Members).Bits;
        for (int away = -1; away < history.Members; away++)
        {
            var reached = new MemberSet(away < 0 ? all : all & ~(1u << away));
            if (Decide(history.Records(), reached) is not { } decision)
            {
                Assert.False(away < 0, $"undecided though all are there: {history}");
                continue;
            }

            decided++;
            Assert.True(
                decision.Decided == InFlight || !history.MayBeAcknowledged, $"{history} without {away}: {decision}");
            Assert.True(decision.Holders.Count >= history.Members - 1 && decision.Holders.IsSubsetOf(reached));
            JudgeNext(history, decision);
        }

        return decided;
    }

    /// <summary>
    /// Whoever comes next, and reaches one that heard of the decision, makes the same: it is recorded on all but one
    /// of the holders, on all of them, or on one alone.
    /// </summary>
    private static void JudgeNext(History history, RecoveryDecision decision)
    {
        uint all = MemberSet.All(history.Members).Bits;
        var view = new View(new Stamp(Epoch.Of(2, 0), 0), decision.Decided, decision.Holders);
        foreach (MemberIndex one in decision.Holders)
        {
            foreach (MemberSet told in new[]
            {
                MemberSet.Of(one), decision.Holders - MemberSet.Of(one), decision.Holders,
            })
            {
                MemberRecord[] records = [.. history.Records().Select((record, place) =>
                    told.Contains(new MemberIndex(place)) ? Record(record, view) : record)];
                for (int away = -1; away < history.Members; away++)
                {
                    var reached = new MemberSet(away < 0 ? all : all & ~(1u << away));
                    if (!(reached & told).IsEmpty && Decide(records, reached) is { } next)
                    {
                        Assert.True(next.Decided == decision.Decided, $"{history}: {decision}, then {next}");
                    }
                }
            }
        }
    }

    /// <summary>What a member does with a decision, before it is told to commit.</summary>
    private static MemberRecord Record(MemberRecord record, View view) => record with
    {
        View = view,
        Sealed = record.Sealed?.Epoch == view.Decided ? record.Sealed : null,
    };

    private static void Expect(
        RecoveryDirection direction, Epoch decided, MemberSet holders, History history, string reached) =>
        Assert.Equal(new RecoveryDecision(decided, direction, holders), Decide(history, reached));

    private static RecoveryDecision? Decide(History history, string reached) => Decide(
        history.Records(),
        new MemberSet((uint)reached.Select((letter, place) => letter == '#' ? 1 << place : 0).Sum()));

    private static RecoveryDecision? Decide(MemberRecord[] records, MemberSet reached) => RecoveryDecision.From(
        [.. records.Select((record, place) => reached.Contains(new MemberIndex(place)) ? record : null)]);

    /// <param name="Members">N.</param>
    /// <param name="Absent">The member that missed epoch 1.1; null if none did.</param>
    /// <param name="Lost">The member without which 1.2 was offered again, as version 1; null if it was not.</param>
    /// <param name="States">
    /// By member: '.' has not sealed 1.2; '-' neither, and was started anew meanwhile; 'b' is a blank one in its place; else the
    /// version that it sealed.
    /// </param>
    /// <param name="JoinsInFlight">The absent one had been refilled, and counts in 1.2.</param>
    /// <param name="IsDrawnAnew">
    /// It was lost as well, and 1.2 offered as version 2: without it, and with the one that was lost first.
    /// </param>
    private sealed record History(
        int Members, int? Absent, int? Lost, string States, bool JoinsInFlight = true, bool IsDrawnAnew = false)
    {
        private MemberSet Mask0 => MemberSet.All(Members) - (JoinsInFlight ? MemberSet.None : SetOf(Absent));

        private MemberSet Mask1 => Mask0 - SetOf(Lost);

        private MemberSet Mask2 => Mask0 - SetOf(Absent);

        /// <summary>All but one are counted on at least, and nobody sealed what he was not offered.</summary>
        public bool IsPossible =>
            (Absent is not null || JoinsInFlight)
            && Mask1.Count >= Members - 1
            && (Lost is null ? !States.Contains('1', StringComparison.Ordinal) : Mask0.Contains(new MemberIndex(Lost.Value)))
            && (IsDrawnAnew
                ? JoinsInFlight && Absent is not null && Lost is not null && Absent != Lost
                : !States.Contains('2', StringComparison.Ordinal));

        /// <summary>Every member of the mask sealed it, in the version that was offered last.</summary>
        public bool MayBeAcknowledged
        {
            get
            {
                if (States.Contains('2', StringComparison.Ordinal))
                {
                    return AllSealed(Mask2, static state => state == '2');
                }

                bool wasOfferedAgain = States.Contains('1', StringComparison.Ordinal);
                return AllSealed(Mask1, static state => state == '1')
                    || (!wasOfferedAgain && AllSealed(Mask0, static state => state == '0'));
            }
        }

        public MemberRecord[] Records() => [.. States.Select((state, place) =>
        {
            bool wasThere = place != Absent && state != 'b';
            bool adopted = wasThere || (JoinsInFlight && state != 'b');
            var view = new View(
                new Stamp(Before, 0), Before, MemberSet.All(Members) - SetOf(Absent));
            SealedEpoch? pending = state switch
            {
                '0' => new SealedEpoch(new Stamp(InFlight, 0), Mask0),
                '1' => new SealedEpoch(new Stamp(InFlight, 1), Mask1),
                '2' => new SealedEpoch(new Stamp(InFlight, 2), Mask2),
                _ => null,
            };
            return new MemberRecord(
                BootId: 1,
                new Claim(2, 1),
                adopted ? view : default,
                wasThere ? Before : Epoch.None,
                pending,
                Witnessed: adopted && state != '-' ? 1u : 0);
        })];

        private static MemberSet SetOf(int? member) =>
            member is { } place ? MemberSet.Of(new MemberIndex(place)) : MemberSet.None;

        private bool AllSealed(MemberSet mask, Func<char, bool> how)
        {
            foreach (MemberIndex member in mask)
            {
                if (!how(States[member.Value]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
