using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
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
    private static readonly Func<Draft, IEnumerable<Step>>[] Kinds = [CutShort, LeftBehind, Overtaken, Refilled, InDoubt, Outbid, Readmitted, Reclaimed, Hearsay];

    /// <summary>Those in which two servers are away.</summary>
    private static readonly Func<Draft, IEnumerable<Step>>[] KindsBeyondOne = [OneWhoKnows, OneWhoMissesNothing, Outlived];

    /// <summary>One drill in so many is of commits alone, until the logs are long: that takes most of a scenario.</summary>
    private const int LongLogOneIn = 150;

    /// <summary>Of two hosts that act at about the same time.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2);

    /// <summary>On a short line, longer than what a fault of before is felt: so that it costs the budget no second server.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(300);

    private static Fsync Commit => new() { Path = "/" };

    /// <summary>Draws one, of a kind that is drawn too.</summary>
    /// <param name="draft">What it is to go on from: it follows each step before it asks for the next.</param>
    /// <param name="mode">Whether all comes good in the end: then it may be waited for, before anything is written over.</param>
    public static IEnumerable<Step> Draw(Draft draft, RunMode mode)
    {
        Func<Draft, IEnumerable<Step>> kind = draft.Chance(LongLogOneIn) ? LongLog
            : draft.Pick(mode != RunMode.Safety && draft.Chance(2) ? KindsBeyondOne : Kinds);
        foreach (Step step in kind(draft))
        {
            yield return step;
        }

        if (mode != RunMode.Beyond && draft.Chance(2))
        {
            yield return new AwaitInSync();
            if (draft.Chance(3))
            {
                yield return new Scrub();
            }
        }
    }

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
        if (draft.Chance(2))
        {
            yield return Change(draft);
            yield return Commit;
        }
    }

    /// <summary>
    /// A server goes in the middle of a commit, which goes on without it, and is back when another client opens the array: the first one
    /// ends at once, and another server may. Messages that ask for the commit with all of them come late.
    /// </summary>
    private static IEnumerable<Step> LeftBehind(Draft draft)
    {
        int server = draft.Server();
        yield return Change(draft);
        foreach (Stray stray in Strays(draft, ProtocolCall.Prepare, draft.Cluster.Servers - 1, answers: 2))
        {
            yield return stray;
        }

        yield return Outage(draft, server) with
        {
            When = draft.Dice.Next(4) switch
            {
                0 => OfServer(draft, server, HostAct.Flush, nameof(StoredFile.Slots)),
                1 => OfServer(draft, server, HostAct.Flush, nameof(StoredFile.Log)),
                _ => OfServer(draft, server, HostAct.Receive, nameof(ProtocolCall.Prepare)),
            },
            For = draft.Time(TimeSpan.FromMilliseconds(170), TimeSpan.FromMilliseconds(340)),
        };
        yield return Commit;
        if (!draft.Chance(4))
        {
            TimeSpan after = draft.Chance(2) ? TimeSpan.Zero : draft.Time(TimeSpan.Zero, Soon);
            yield return EndOfClient(draft) with { After = after };
            if (!draft.Chance(3))
            {
                yield return Outage(draft, draft.Server()) with { After = after + draft.Time(TimeSpan.Zero, Soon) };
            }
        }
    }

    /// <summary>Messages of before a commit come after it, or late within it.</summary>
    private static IEnumerable<Step> Overtaken(Draft draft)
    {
        for (int commits = draft.Dice.Next(2, 4); commits > 0; commits--)
        {
            // After the seal, or between two writes of one epoch: of one row's parity, where the row is written in two places.
            bool isWithin = draft.Chance(2);
            foreach (Stray stray in Strays(draft, ProtocolCall.Write, atMost: 3, answers: 1))
            {
                yield return isWithin
                    ? stray with { Until = Stray.AnswersOf(stray.Server, draft.Dice.Next(1, 3), ProtocolCall.Write) }
                    : stray;
            }

            for (int more = isWithin ? draft.Dice.Next(3) : 0; more > 0; more--)
            {
                yield return draft.Chance(2) ? Change(draft) : Chmod.Draw(draft) with { Path = draft.File() };
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

    /// <summary>
    /// A server that was started anew is the last to seal, and the client ends before it has; then its successor while it records what
    /// becomes of that, and a server that may be the only one to know: the first is the likeliest.
    /// </summary>
    private static IEnumerable<Step> InDoubt(Draft draft)
    {
        int servers = draft.Cluster.Servers;
        int last = draft.Server();
        Crash restart = Crash.Draw(draft) with { Server = last, For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3)) };
        if (draft.Chance(2))
        {
            // So long before that it costs the budget nothing any more; it counts only if nothing is written on that server,
            // so little is.
            yield return restart;
            yield return new Wait { For = Calm };
            yield return draft.Chance(3) ? Change(draft) : Chmod.Draw(draft) with { Path = draft.File() };
            yield return new LoseRequests { Server = last, Count = 2, When = OfClient(CrashMoment.Before, 1, HostAct.Send, ProtocolCall.Prepare) };
        }
        else
        {
            yield return Change(draft);
            yield return restart with { When = new HostPoint(CrashMoment.Before, new HostTarget.OfServer(last), 1, HostAct.Receive, Named(ProtocolCall.Prepare)) };
        }

        yield return EndOfClient(draft) with
        {
            When = OfClient(CrashMoment.After, draft.Chance(4) ? servers - 2 : servers - 1, HostAct.Receive, ProtocolCall.Prepare),
        };
        HostPoint recorded = OfClient(CrashMoment.After, draft.Chance(2) ? 1 : draft.Dice.Next(1, servers), HostAct.Send, ProtocolCall.Record);
        TimeSpan later = draft.Time(TimeSpan.FromMilliseconds(41), TimeSpan.FromMilliseconds(50));
        yield return CrashClient.Draw(draft) with { When = recorded, For = later + Soon, Again = 0 };
        yield return Outage(draft, draft.Chance(2) ? 0 : draft.Server()) with
        {
            When = recorded,
            After = later,
            For = draft.Time(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500)),
        };
        yield return Commit;
    }

    /// <summary>A client ends while it claims the array, and its claims come when its successor has been granted the same.</summary>
    private static IEnumerable<Step> Outbid(Draft draft)
    {
        int servers = draft.Cluster.Servers;
        yield return Change(draft);
        yield return Commit;
        yield return new Wait { For = Calm };
        TimeSpan length = draft.Time(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(60));
        for (int server = 0; server < servers; server++)
        {
            yield return new Stray
            {
                Server = server,
                Call = ProtocolCall.Open,
                Original = true,
                For = length,
                When = OfClient(CrashMoment.Before, 1, HostAct.Send, ProtocolCall.Open),
            };
        }

        yield return EndOfClient(draft);
        yield return CrashClient.Draw(draft) with
        {
            When = OfClient(CrashMoment.After, servers, HostAct.Send, ProtocolCall.Open),
            For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
            Again = 0,
        };
        for (int commits = draft.Dice.Next(2, 5); commits > 0; commits--)
        {
            yield return Change(draft) with { Think = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)) };
            yield return Commit;
        }
    }

    /// <summary>
    /// A server that missed a commit is refilled, and is to be counted on again, though no user commits: the client ends while the others
    /// seal that; or the server is asked once more to take part again, when it has sealed it.
    /// </summary>
    private static IEnumerable<Step> Readmitted(Draft draft)
    {
        int server = draft.Server();
        yield return Outage(draft, server) with { For = draft.Time(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)) };
        yield return Change(draft);
        if (draft.Chance(2))
        {
            yield return new Stray
            {
                Server = server,
                Call = ProtocolCall.Join,
                Until = Stray.AnswersOf(server, draft.Chance(3) ? 2 : 1),
                For = draft.Time(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(600)),
            };
            yield return Commit;
        }
        else
        {
            yield return Commit;
            yield return EndOfClient(draft) with
            {
                When = OfClient(
                    draft.Pick(Enum.GetValues<CrashMoment>()),
                    draft.Dice.Next(1, draft.Cluster.Servers),
                    draft.Chance(3) ? HostAct.Receive : HostAct.Send,
                    ProtocolCall.Prepare),
            };
        }

        yield return new Wait { For = Calm };
        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>
    /// A server is away while another client claims the array, and grants that claim when it takes part again: then its power fails while
    /// it writes down to whom it is promised.
    /// </summary>
    private static IEnumerable<Step> Reclaimed(Draft draft)
    {
        int server = draft.Server();
        bool isWrite = draft.Chance(2);
        yield return Outage(draft, server) with { For = draft.Time(TimeSpan.FromMilliseconds(190), TimeSpan.FromMilliseconds(260)) };
        yield return EndOfClient(draft);
        yield return Outage(draft, server) with
        {
            Kind = CrashKind.Power,
            When = new HostPoint(
                draft.Chance(3) ? CrashMoment.Before : CrashMoment.After,
                new HostTarget.OfServer(server),
                draft.Chance(3) ? draft.Dice.Next(1, 4) : 2,
                isWrite ? HostAct.Write : HostAct.Flush,
                KebabCase.Of(nameof(StoredFile.Superblock))),
            For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)),
        };
        yield return Change(draft);
        yield return Commit;
        yield return new Wait { For = Calm };
        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>A client that opens the array tells one server first what is decided; the others hear of it late. A user commits at once.</summary>
    private static IEnumerable<Step> Hearsay(Draft draft)
    {
        int first = draft.Server();
        yield return Change(draft);
        yield return Commit;
        yield return new Wait { For = Calm };
        yield return EndOfClient(draft);
        foreach (int server in Enumerable.Range(0, draft.Cluster.Servers).Where(server => server != first))
        {
            yield return new Stray
            {
                Server = server,
                Call = ProtocolCall.Record,
                Original = true,
                For = draft.Time(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(60)),
            };
        }

        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>
    /// A server goes while the others seal, and is back when the next client asks what became of that; another one, which could tell, is
    /// not there then.
    /// </summary>
    private static IEnumerable<Step> OneWhoKnows(Draft draft)
    {
        int server = draft.Server();
        yield return Change(draft);
        yield return Outage(draft, server) with
        {
            When = new HostPoint(CrashMoment.Before, new HostTarget.OfServer(server), 1, HostAct.Receive, Named(ProtocolCall.Prepare)),
            For = draft.Time(TimeSpan.FromMilliseconds(180), TimeSpan.FromMilliseconds(300)),
        };
        yield return Commit;
        yield return EndOfClient(draft);
        yield return Outage(draft, OtherThan(draft, server)) with
        {
            After = draft.Time(TimeSpan.Zero, Soon),
            For = draft.Time(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500)),
        };
        yield return Commit;
    }

    /// <summary>
    /// A client opens the array while a server is away that misses nothing, and ends before it serves; the next one finds that server, and
    /// misses another.
    /// </summary>
    private static IEnumerable<Step> OneWhoMissesNothing(Draft draft)
    {
        int server = draft.Server();
        yield return Change(draft);
        yield return Commit;
        yield return new Wait { For = Calm };
        yield return Outage(draft, server) with { For = draft.Time(TimeSpan.FromMilliseconds(190), TimeSpan.FromMilliseconds(230)) };
        yield return EndOfClient(draft);
        HostPoint recorded = OfClient(CrashMoment.After, draft.Cluster.Servers - 1, HostAct.Receive, ProtocolCall.Record);
        TimeSpan later = draft.Time(TimeSpan.FromMilliseconds(230), TimeSpan.FromMilliseconds(420));
        yield return Outage(draft, OtherThan(draft, server)) with
        {
            When = recorded,
            After = later,
            For = draft.Time(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500)),
        };
        yield return EndOfClient(draft) with { When = recorded, After = later };
        yield return Commit;
    }

    /// <summary>
    /// A client takes over that does not reach one server, and its user commits at once; the former owner reaches that server as before, and
    /// goes on to read while its lease may last.
    /// </summary>
    private static IEnumerable<Step> Outlived(Draft draft)
    {
        yield return Change(draft);
        yield return Commit;
        yield return new Takeover
        {
            Old = OldClient.Running,
            For = draft.Time(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(370)),
        };
        yield return new Clog { Server = draft.Server(), For = draft.Time(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(700)) };
        yield return Change(draft);
        yield return Commit;
    }

    /// <summary>So many commits that the servers leave their logs for new ones; the power of one of them fails about then.</summary>
    private static IEnumerable<Step> LongLog(Draft draft)
    {
        int server = draft.Server();
        yield return Outage(draft, server) with
        {
            Kind = CrashKind.Power,
            When = new HostPoint(
                draft.Pick(Enum.GetValues<CrashMoment>()), new HostTarget.OfServer(server), draft.Dice.Next(1, 3), HostAct.Rename, KebabCase.Of(nameof(StoredFile.Checkpoint))),
            After = draft.Chance(2) ? TimeSpan.Zero : draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)),
        };
        for (int commits = draft.Dice.Next(70, 110); commits > 0; commits--)
        {
            yield return Chmod.Draw(draft) with { Path = draft.File() };
            yield return Commit;
        }
    }

    private static int OtherThan(Draft draft, int server) => (server + draft.Dice.Next(1, draft.Cluster.Servers)) % draft.Cluster.Servers;

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

    /// <summary>Requests of a call to some servers, each of which arrives again when its server has given so many answers to Prepares.</summary>
    private static IEnumerable<Stray> Strays(Draft draft, ProtocolCall call, int atMost, int answers)
    {
        int first = draft.Server();
        for (int more = draft.Dice.Next(atMost); more >= 0; more--)
        {
            int server = (first + more) % draft.Cluster.Servers;
            yield return Stray.Draw(draft) with
            {
                Server = server,
                Call = call,
                Original = false,
                Until = draft.Chance(4) ? null : Stray.AnswersOf(server, draft.Chance(3) ? draft.Dice.Next(1, 4) : answers),
                For = draft.Chance(4)
                    ? draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5))
                    : draft.Time(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)),
            };
        }
    }

    /// <summary>When the client sends a call to one of its servers, or hears of it: that is about once each.</summary>
    private static HostPoint OfClient(Draft draft, ProtocolCall call) => OfClient(
        draft.Pick(Enum.GetValues<CrashMoment>()),
        draft.Dice.Next(1, ((draft.Chance(4) ? 2 : 1) * draft.Cluster.Servers) + 1),
        draft.Chance(2) ? HostAct.Send : HostAct.Receive,
        call);

    private static HostPoint OfClient(CrashMoment moment, int nth, HostAct act, ProtocolCall call) =>
        new(moment, new HostTarget.OfClient(), nth, act, Named(call));

    private static string Named(ProtocolCall call) => KebabCase.Of(call.ToString());

    private static HostPoint OfServer(Draft draft, int server, HostAct act, string of) =>
        new(draft.Pick(Enum.GetValues<CrashMoment>()), new HostTarget.OfServer(server), draft.Chance(3) ? draft.Dice.Next(2, 4) : 1, act, KebabCase.Of(of));
}
