using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>Which rows are stale on a member, as it comes and goes.</summary>
public sealed class MemberTests
{
    private const int Rows = 100;

    [Fact]
    public void What_it_missed_is_stale_and_nothing_else()
    {
        Member member = Joined();
        Assert.Equal(Rows, member.StaleRows);
        Assert.False(member.IsReady);
        member.MarkMissed([new Row(3), new Row(64), new Row(99)]);
        Assert.Equal([3, 64, 99], StaleRowsOf(member));
        Assert.True(member.IsUsable(new Row(4)));
        Assert.False(member.IsUsable(new Row(3)));
    }

    [Fact]
    public void One_that_missed_nothing_is_ready()
    {
        Member member = Joined();
        member.MarkMissed([]);
        Assert.Empty(StaleRowsOf(member));
        Assert.True(member.IsReady);
    }

    [Fact]
    public void What_was_written_anew_while_it_was_asked_what_it_missed_is_not_stale()
    {
        Member member = Joined();
        member.MarkCurrent(new Row(3));
        member.MarkMissed([new Row(3), new Row(5)]);
        Assert.Equal([5], StaleRowsOf(member));
    }

    [Fact]
    public void What_was_left_behind_meanwhile_is_stale_though_it_missed_nothing_before()
    {
        Member member = Joined();
        member.LeaveBehind(new Row(7));
        member.MarkMissed([new Row(5)]);
        Assert.Equal([5, 7], StaleRowsOf(member));
    }

    [Fact]
    public void Of_writing_anew_and_leaving_behind_the_last_counts()
    {
        Member member = Joined();
        member.LeaveBehind(new Row(7));
        member.MarkCurrent(new Row(7));
        member.MarkCurrent(new Row(8));
        member.LeaveBehind(new Row(8));
        member.MarkMissed([new Row(7), new Row(8)]);
        Assert.Equal([8], StaleRowsOf(member));
    }

    [Fact]
    public void A_row_that_is_left_behind_later_is_stale_again()
    {
        Member member = Joined();
        member.MarkMissed([]);
        member.LeaveBehind(new Row(9));
        member.LeaveBehind(new Row(9));
        Assert.Equal([9], StaleRowsOf(member));
        Assert.False(member.IsReady);
        member.MarkCurrent(new Row(9));
        Assert.True(member.IsReady);
    }

    /// <summary>What was written without it before it joined is among what the others say that it missed.</summary>
    [Fact]
    public void What_was_left_behind_before_it_joined_is_asked_of_the_others()
    {
        Member member = Joined();
        member.LeaveBehind(new Row(7));
        member.Leave();
        Assert.Equal(Rows, member.StaleRows);
        member.LeaveBehind(new Row(8));
        member.Join();
        member.MarkMissed([]);
        Assert.Empty(StaleRowsOf(member));
    }

    [Fact]
    public void On_one_that_is_counted_on_nothing_is_stale_and_none_is_left_behind()
    {
        Member member = Joined();
        member.LeaveBehind(new Row(7));
        member.MarkMissed([new Row(7)]);
        member.MarkCurrent(new Row(7));
        member.Count();
        Assert.Empty(StaleRowsOf(member));
        Assert.Throws<InvariantException>(() => member.LeaveBehind(new Row(7)));
        member.Leave();
        Assert.Empty(StaleRowsOf(member));
        member.Discount();
        Assert.Equal(Rows, member.StaleRows);
    }

    private static Member Joined()
    {
        var pipeline = new CallPipeline(new ArrayOptions(), TimeProvider.System, new Random(1));
        var lease = new Lease(TimeProvider.System, TimeSpan.FromSeconds(1), members: 3);
        var member = new Member(new MemberClient(new MemberIndex(1), new Nobody(), pipeline, default, lease), Rows);
        member.Join();
        return member;
    }

    private static IEnumerable<int> StaleRowsOf(Member member) =>
        Enumerable.Range(0, Rows).Where(row => member.IsStale(new Row(row)));

    /// <summary>Nothing is called here.</summary>
    private sealed class Nobody : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();
    }
}
