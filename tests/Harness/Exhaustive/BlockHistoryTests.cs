using Raid5Verify.Oracle;
using Raid5Verify.Running;

namespace Raid5Verify.Tests.Exhaustive;

/// <summary>The judge of blocks, judged: each thing that it must report, planted.</summary>
public sealed class BlockHistoryTests
{
    private readonly BlockHistory _history = new(blocks: 3, value: 0);

    public BlockHistoryTests()
    {
        Write(0, 1);
        Write(1, 1);
        Commit();
    }

    [Fact]
    public void A_living_client_reads_the_last_value_that_was_acknowledged()
    {
        Write(0, 2);

        Assert.Null(_history.JudgeRead(0, 2));
        Assert.Equal(Promise.NeverWrong, _history.JudgeRead(0, 1)!.Promise);
        Assert.Equal(Promise.NeverWrong, _history.JudgeRead(0, null)!.Promise);
    }

    [Fact]
    public void After_a_write_that_failed_a_block_holds_either()
    {
        _history.BeginWrite(0, 2);

        Assert.Null(_history.JudgeRead(0, 1));
        Assert.Null(_history.JudgeRead(0, 2));
        Assert.NotNull(_history.JudgeRead(0, 3));
    }

    [Fact]
    public void What_was_not_committed_is_undone()
    {
        Write(0, 2);

        Assert.Equal(Promise.AtomicCommit, Recover(2, 1, 0)!.Promise);
        Assert.Equal(Promise.NeverWrong, Recover(3, 1, 0)!.Promise);
        Assert.Null(Recover(1, 1, 0));
    }

    [Fact]
    public void A_commit_in_flight_has_happened_as_a_whole_or_not_at_all()
    {
        Write(0, 2);
        Write(1, 2);
        _history.BeginCommit();

        Assert.Equal(Promise.AtomicCommit, Recover(2, 1, 0)!.Promise);
        Assert.Null(Recover(2, 2, 0));
    }

    [Fact]
    public void A_commit_that_was_acknowledged_is_not_undone()
    {
        Write(0, 2);
        Commit();

        Assert.Equal(Promise.AtomicCommit, Recover(1, 1, 0)!.Promise);
    }

    [Fact]
    public void A_block_that_nobody_wrote_never_changes() =>
        Assert.Equal(Promise.Neighbours, Recover(1, 1, 1)!.Promise);

    [Fact]
    public void What_a_recovery_found_no_later_one_undoes()
    {
        Write(0, 2);
        _history.BeginCommit();

        Assert.Null(Recover(2, 1, 0));
        Assert.Equal(Promise.Stability, Recover(1, 1, 0)!.Promise);
    }

    [Fact]
    public void What_a_recovery_undid_stays_undone()
    {
        Write(0, 2);
        _history.BeginCommit();

        Assert.Null(Recover(1, 1, 0));
        Assert.Equal(Promise.Stability, Recover(2, 1, 0)!.Promise);
    }

    [Fact]
    public void A_block_that_cannot_be_read_leaves_open_what_it_holds()
    {
        Write(0, 2);
        Write(1, 2);
        _history.BeginCommit();

        Assert.Null(_history.Recover([null, 2, 0], [false, true, true]));
        Assert.Null(Recover(2, 2, 0));
    }

    private Misread? Recover(params int?[] values) => _history.Recover(values, [.. values.Select(_ => true)]);

    private void Write(int block, int value)
    {
        _history.BeginWrite(block, value);
        _history.EndWrite(block, value);
    }

    private void Commit()
    {
        _history.BeginCommit();
        _history.EndCommit();
    }
}
