using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Generation;

/*
 * What the block protocol is made for needs several things in a row: a commit that is cut short, and a recovery of it that is cut short
 * too; a member that goes while the others seal, and a message of before that comes afterwards; a refill that others write into. Faults
 * that each strike at any time hardly ever meet so. A drill aims them: a few small writes, the commit of them, and faults at the points
 * of the protocol at which it turns, which of them and how many drawn anew each time.
 *
 * It is made of ordinary steps. So it is written, shrunk and changed like all others, and the budget is asked of each of its faults.
 */

/// <summary>A short story within a scenario: a commit, and faults aimed at it.</summary>
internal static class Drill
{
    private static readonly Func<Draft, IEnumerable<Step>>[] Kinds = [CutShort, LeftBehind, Overtaken, Refilled];

    /// <summary>Of two hosts that act at about the same time.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2);

    private static Fsync Commit => new() { Path = "/" };

    /// <summary>Draws one, of a kind that is drawn too.</summary>
    public static IEnumerable<Step> Draw(Draft draft) => draft.Pick(Kinds)(draft);

    /// <summary>
    /// The client ends in the middle of a commit, perhaps a server at the same moment; and perhaps its successor in the middle of its
    /// recovery, and another server then.
    /// </summary>
    private static IEnumerable<Step> CutShort(Draft draft)
    {
        yield return Change(draft);
        foreach (Step end in End(draft, [ProtocolCall.Prepare, ProtocolCall.Prepare, ProtocolCall.Write, ProtocolCall.Commit]))
        {
            yield return end;
        }

        for (int others = draft.Dice.Next(3); others > 0; others--)
        {
            foreach (Step end in End(draft, [ProtocolCall.Open, ProtocolCall.Record, ProtocolCall.Record, ProtocolCall.Prepare]))
            {
                yield return end;
            }
        }

        yield return Commit;
        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>A server goes in the middle of a commit, which goes on without it; then the client ends at once, and another server may.</summary>
    private static IEnumerable<Step> LeftBehind(Draft draft)
    {
        int server = draft.Server();
        yield return Change(draft);
        foreach (Stray stray in Strays(draft, ProtocolCall.Prepare))
        {
            yield return stray;
        }

        HostPoint gone = draft.Dice.Next(3) switch
        {
            0 => OfServer(draft, server, HostAct.Receive, nameof(ProtocolCall.Prepare)),
            1 => OfServer(draft, server, HostAct.Flush, nameof(StoredFile.Slots)),
            _ => OfServer(draft, server, HostAct.Flush, nameof(StoredFile.Log)),
        };
        yield return Outage(draft, server) with { When = gone };
        yield return Commit;
        if (!draft.Chance(3))
        {
            TimeSpan after = draft.Chance(2) ? TimeSpan.Zero : draft.Time(TimeSpan.Zero, Soon);
            yield return EndOfClient(draft) with { After = after };
            if (draft.Chance(2))
            {
                yield return Outage(draft, draft.Server()) with { After = after + draft.Time(TimeSpan.Zero, Soon) };
            }
        }

        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>Messages of before a commit come after it.</summary>
    private static IEnumerable<Step> Overtaken(Draft draft)
    {
        for (int commits = draft.Dice.Next(2, 4); commits > 0; commits--)
        {
            foreach (Stray stray in Strays(draft, ProtocolCall.Write))
            {
                yield return stray;
            }

            yield return Change(draft);
            yield return Commit;
        }

        if (draft.Chance(3))
        {
            yield return EndOfClient(draft);
        }
    }

    /// <summary>A server that missed something comes back, and it or the client ends while it is refilled and others write.</summary>
    private static IEnumerable<Step> Refilled(Draft draft)
    {
        int server = draft.Server();
        yield return draft.Chance(2)
            ? Replace.Draw(draft) with { Server = server, For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10)) }
            : Outage(draft, server);
        yield return Change(draft);
        yield return Commit;
        yield return draft.Chance(2)
            ? EndOfClient(draft) with
            {
                When = OfClient(draft, draft.Pick([ProtocolCall.Join, ProtocolCall.Scan, ProtocolCall.Write, ProtocolCall.Prepare, ProtocolCall.Commit])),
            }
            : Outage(draft, server) with
            {
                When = draft.Chance(2)
                    ? OfServer(draft, server, HostAct.Flush, nameof(StoredFile.Log))
                    : OfServer(draft, server, HostAct.Receive, draft.Pick([nameof(ProtocolCall.Write), nameof(ProtocolCall.Prepare), nameof(ProtocolCall.Commit)])),
            };
        for (int commits = draft.Dice.Next(3, 8); commits > 0; commits--)
        {
            yield return Change(draft) with { Think = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(draft.Chance(2) ? 2 : 20)) };
            yield return Commit;
        }
    }

    /// <summary>The client ends at a point of one of its calls; perhaps a server with it.</summary>
    private static IEnumerable<Step> End(Draft draft, ProtocolCall[] calls)
    {
        HostPoint point = OfClient(draft, draft.Pick(calls));
        yield return EndOfClient(draft) with { When = point };
        if (draft.Chance(2))
        {
            yield return Outage(draft, draft.Server()) with { When = point, After = draft.Time(TimeSpan.Zero, Soon) };
        }
    }

    /// <summary>A block or two of a file.</summary>
    private static Write Change(Draft draft)
    {
        string path = draft.File();
        return new Write
        {
            Path = path,
            At = draft.Offset(path),
            Length = new ByteSize(Math.Min(draft.Length().Bytes, 2 * draft.Cluster.Block.Bytes)),
            Fill = draft.Fill(),
            Think = draft.Time(TimeSpan.Zero, Soon),
        };
    }

    /// <summary>The client dies and is soon there again; or another one takes over, and this one goes on later.</summary>
    private static Fault EndOfClient(Draft draft) => draft.Chance(6)
        ? Takeover.Draw(draft)
        : CrashClient.Draw(draft) with { For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)), Again = 0 };

    /// <summary>A server is gone for a moment; or longer than a client tries, mostly on a short line: so that it is done without it.</summary>
    private static Crash Outage(Draft draft, int server) => Crash.Draw(draft) with
    {
        Server = server,
        For = draft.Chance(3)
            ? draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20))
            : draft.Time(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(500)),
    };

    private static IEnumerable<Stray> Strays(Draft draft, ProtocolCall call)
    {
        int first = draft.Server();
        for (int more = draft.Dice.Next(3); more >= 0; more--)
        {
            int server = (first + more) % draft.Cluster.Servers;
            yield return Stray.Draw(draft) with { Server = server, Call = call, Until = draft.Chance(4) ? null : Stray.AnswersOf(server, draft) };
        }
    }

    /// <summary>When the client sends a call to one of its servers, or hears of it: that is about once each.</summary>
    private static HostPoint OfClient(Draft draft, ProtocolCall call) => new(
        draft.Pick(Enum.GetValues<CrashMoment>()),
        new HostTarget.OfClient(),
        draft.Dice.Next(1, (draft.Chance(4) ? 2 : 1) * draft.Cluster.Servers + 1),
        draft.Chance(2) ? HostAct.Send : HostAct.Receive,
        KebabCase.Of(call.ToString()));

    private static HostPoint OfServer(Draft draft, int server, HostAct act, string of) =>
        new(draft.Pick(Enum.GetValues<CrashMoment>()), new HostTarget.OfServer(server), draft.Dice.Next(1, 4), act, KebabCase.Of(of));
}
