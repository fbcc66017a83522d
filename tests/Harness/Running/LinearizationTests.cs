using FsCheck.Xunit;
using Raid5Fs.Primitives;
using Raid5Verify.Oracle;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Running;

/// <summary>Which answers of tasks that ask side by side are those of some order.</summary>
public sealed class LinearizationTests
{
    private const int Step = 3;

    private static readonly Write One = new() { Path = "/f", Length = new ByteSize(10), Fill = 1 };
    private static readonly Write Two = One with { Fill = 2 };
    private static readonly Read Whole = new() { Path = "/f", At = new ByteSize(0), Length = new ByteSize(100) };
    private static readonly Fsync Commit = new() { Path = "/" };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_two_writes_at_the_same_time_either_is_the_last(ulong last)
    {
        FileSystemState start = Start();
        ConcurrentHistory history = BothAnswered(start, One, Two);
        Linearization unread = Find(start, history);
        Assert.Equal(2, unread.Finals.Count);

        // Who reads afterwards says which.
        ConcurrentCall read = history.Begin("one", Whole);
        history.End(read, start.After(One with { Fill = last }, Step).State.After(Whole, Step).Answer);
        FileSystemState final = Assert.Single(Find(start, history).Finals);
        Assert.Equal(read.Answer, final.After(Whole, Step).Answer);
    }

    [Fact]
    public void What_was_over_before_a_read_began_is_read()
    {
        FileSystemState start = Start();
        Answer stale = start.After(Whole, Step).Answer;
        var history = new ConcurrentHistory();
        ConcurrentCall write = history.Begin("one", One);
        ConcurrentCall beside = history.Begin("two", Whole);
        history.End(beside, stale);
        history.End(write, start.After(One, Step).Answer);
        Assert.Single(Find(start, history).Finals);

        ConcurrentCall after = history.Begin("two", Whole);
        history.End(after, stale);
        Assert.Empty(Find(start, history).Finals);
    }

    [Fact]
    public void Of_two_who_make_the_same_file_one_is_the_first()
    {
        FileSystemState start = Start();
        Assert.Single(Find(start, Created(Errno.OK, Errno.EEXIST)).Finals);
        Assert.Single(Find(start, Created(Errno.EEXIST, Errno.OK)).Finals);
        Assert.Empty(Find(start, Created(Errno.OK, Errno.OK)).Finals);
        Assert.Empty(Find(start, Created(Errno.EEXIST, Errno.EEXIST)).Finals);

        ConcurrentHistory Created(params Errno[] errors)
        {
            var history = new ConcurrentHistory();
            var create = new Create { Path = "/new" };
            ConcurrentCall[] calls = [.. errors.Select((_, task) => history.Begin($"{task}", create))];
            for (int i = 0; i < calls.Length; i++)
            {
                history.End(calls[i], errors[i] == Errno.OK ? start.After(create, Step).Answer : new Answer(errors[i]));
            }

            return history;
        }
    }

    /// <summary>Only where an error may end it.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_write_that_did_less_than_it_was_told_is_accepted_where_that_may_be(bool mayBe, int finals)
    {
        FileSystemState start = Start();
        var history = new ConcurrentHistory();
        ConcurrentCall write = history.Begin("one", One);
        history.End(write, start.After(One.Shortened(4)!, Step).Answer);
        Linearization orders = Linearization.Find(
            start, history, Step, static (right, given) => right == given, (asked, given) => mayBe ? asked.Shortened(given.Written!.Value) : null);
        Assert.Equal(finals, orders.Finals.Count);
    }

    [Fact]
    public void On_the_way_to_what_the_files_hold_there_was_nothing_of_an_order_that_does_not_lead_there()
    {
        FileSystemState start = Start();
        (FileSystemState one, FileSystemState two) = (start.After(One, Step).State, start.After(Two, Step).State);
        Linearization orders = Find(start, BothAnswered(start, One, Two));
        Assert.Equal(4, orders.Moments.Count());
        foreach (FileSystemState final in orders.Finals)
        {
            FileSystemState before = final.Fingerprint == one.After(Two, Step).State.Fingerprint ? one : two;
            Assert.Equal([before.Fingerprint, final.Fingerprint], orders.MomentsTo(final).Select(moment => moment.State.Fingerprint));
        }
    }

    /// <summary>Blocks of 4 bytes: of two writes of two blocks a crash leaves any part of one, beside all or nothing of the other.</summary>
    [Fact]
    public void A_crash_may_leave_a_part_of_whichever_write_was_the_last()
    {
        FileSystemState start = Start();
        Write first = One with { Length = new ByteSize(8) };
        Write second = Two with { At = new ByteSize(8), Length = new ByteSize(8) };
        Linearization orders = Find(start, BothAnswered(start, first, second));
        var timeline = new Timeline(start, Floor.Synced).After(orders, Assert.Single(orders.Finals));
        HashSet<Answer> possible = [.. timeline.Possible(4).Select(possible => possible.State.After(Whole, Step).Answer)];
        FileSystemState[] expected =
        [
            start, After(first.Shortened(4)!), After(first), After(second.Shortened(4)!), After(second),
            After(first, second.Shortened(4)!), After(second, first.Shortened(4)!), After(first, second),
        ];
        Assert.Equal(expected.Select(state => state.After(Whole, Step).Answer).ToHashSet(), possible);
        Assert.All(timeline.Possible(4).SkipLast(1), state => Assert.InRange(state.OperationsLost, 1, 4));
        Assert.Equal(0, timeline.Possible(4).Last().OperationsLost);

        FileSystemState After(params FileOperation[] operations) =>
            operations.Aggregate(start, static (state, operation) => state.After(operation, Step).State);
    }

    [Fact]
    public void What_was_never_answered_was_done_or_not()
    {
        FileSystemState start = Start();
        var history = new ConcurrentHistory();
        history.Begin("one", One);
        history.Begin("two", Two);
        Linearization orders = Find(start, history);
        Assert.Equal(3, orders.Finals.Count);
        Assert.Equal(4, orders.Moments.Count());
    }

    [Fact]
    public void What_a_commit_that_was_acknowledged_must_have_held_is_not_undone()
    {
        FileSystemState start = Start();
        var history = new ConcurrentHistory();
        ConcurrentCall first = history.Begin("one", One);
        history.End(first, start.After(One, Step).Answer);
        ConcurrentCall commit = history.Begin("one", Commit);
        ConcurrentCall second = history.Begin("two", Two);
        history.End(commit, start.After(Commit, Step).Answer);
        history.End(second, start.After(Two, Step).Answer);
        Linearization orders = Find(start, history);
        Assert.True(orders.HasSynced);

        // Behind the commit, or before it: then both are there.
        Answer[] held = [.. orders.Moments.Select(moment => moment.State.After(Whole, Step).Answer).Distinct()];
        Assert.Equal(2, held.Length);
        Assert.DoesNotContain(start.After(Whole, Step).Answer, held);
    }

    [Fact]
    public void Where_there_are_too_many_orders_that_is_said()
    {
        var history = new ConcurrentHistory();
        for (int i = 0; i < 16; i++)
        {
            history.Begin($"{i}", new Create { Path = $"/{i}" });
        }

        Assert.True(Find(Start(), history).IsInconclusive);
    }

    /// <summary>Whatever was done one after another can have been done so, however long each call seemed to take.</summary>
    [Property(MaxTest = 100)]
    public void What_was_done_in_some_order_is_accepted(int seed)
    {
        var dice = new Random(seed);
        FileOperation[] menu =
        [
            One, Two, Whole, Commit, new Unlink { Path = "/f" }, new Create { Path = "/f" }, new Rename { Path = "/f", To = "/g" },
            new Rename { Path = "/g", To = "/f" }, new Mkdir { Path = "/g" }, new Rmdir { Path = "/g" }, new Readdir { Path = "/" },
        ];
        FileSystemState state = Start();
        FileSystemState start = state;
        var history = new ConcurrentHistory();
        var busy = new Dictionary<int, (ConcurrentCall Call, Answer? Answer)>();
        for (int moment = 0; moment < 25; moment++)
        {
            int task = dice.Next(3);
            if (!busy.TryGetValue(task, out var current))
            {
                if (history.Calls.Count < 9)
                {
                    busy[task] = (history.Begin($"{task}", menu[dice.Next(menu.Length)]), null);
                }
            }
            else if (current.Answer is null)
            {
                (state, Answer answer) = state.After(current.Call.Operation, Step);
                busy[task] = (current.Call, answer);
            }
            else
            {
                history.End(current.Call, current.Answer);
                busy.Remove(task);
            }
        }

        Linearization orders = Find(start, history);
        Assert.Contains(state.Fingerprint, orders.Finals.Select(final => final.Fingerprint));
    }

    private static ConcurrentHistory BothAnswered(FileSystemState start, FileOperation one, FileOperation two)
    {
        var history = new ConcurrentHistory();
        ConcurrentCall first = history.Begin("one", one);
        ConcurrentCall second = history.Begin("two", two);
        history.End(first, start.After(one, Step).Answer);
        history.End(second, start.After(two, Step).Answer);
        return history;
    }

    private static FileSystemState Start()
    {
        var clock = new ReferenceClock();
        FileSystemState empty = FileSystemState.Empty(ReferenceLimits.Linux, clock);
        return empty.After(new Create { Path = "/f" }, 1).State;
    }

    private static Linearization Find(FileSystemState start, ConcurrentHistory history) =>
        Linearization.Find(start, history, Step, static (right, given) => right == given, static (_, _) => null);
}
