using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Oracle;
using Raid5Verify.Reference;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Running;

/// <summary>What may be found after a crash, and what each thing that may not be is called.</summary>
public sealed class StateOracleTests
{
    private const long Block = 4096;

    private readonly StateOracle _oracle = new(ReferenceLimits.Linux, Block);
    private int _step;

    [Fact]
    public async Task Every_state_since_the_last_fsync_may_come_back_and_the_loss_is_counted()
    {
        Do(New("/synced"));
        _oracle.Sync();
        Do(New("/one"), New("/two"), New("/three"));

        Assert.Equal(0, Lost(await JudgeAsync("/synced", "/one", "/two", "/three")));
        Assert.Equal(1, Lost(await JudgeAsync("/synced", "/one", "/two")));
        Assert.Equal(3, Lost(await JudgeAsync("/synced")));
    }

    [Fact]
    public async Task A_state_older_than_the_last_fsync_is_named_as_such()
    {
        Do(New("/one"), New("/two"));
        _oracle.Sync();

        var nothing = Assert.IsType<Judgement.Nothing>(await JudgeAsync("/one"));
        Assert.Equal(Promise.AtomicCommit, nothing.Broken);
        Assert.StartsWith("the state after step 0, {create: /one}, which is older", nothing.Actual, StringComparison.Ordinal);
        Assert.Contains("{readdir: /} answers ./ ../ one, not ./ ../ one two", nothing.Actual, StringComparison.Ordinal);
        Assert.StartsWith("the state after step 1, {create: /two}, of which a commit", nothing.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_no_prefix_leaves_is_between_states()
    {
        Do(New("/one"), New("/two"), New("/three"));

        var nothing = Assert.IsType<Judgement.Nothing>(await JudgeAsync("/one", "/three"));
        Assert.Equal(Promise.AtomicCommit, nothing.Broken);
        Assert.StartsWith("no state that there was", nothing.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Whether_there_is_room_is_known_but_where_a_directory_has_divided_its_entries()
    {
        var full = new StateOracle(
            ReferenceLimits.Linux with { BlockSize = 128, Space = new ReferenceSpace(Blocks: 4, Inodes: 100, PointersPerBlock: 32, InlineTarget: 60) }, 128);
        foreach (int entry in Enumerable.Range(0, 6))
        {
            full.Ask(New($"/name-of-16-bytes-{entry}"), ++_step);
            Assert.False(entry < 4 && full.Accept(new Answer(Errno.ENOSPC), Mode.Of(RunMode.Safety).Allows));
            Assert.True(full.Accept(new Answer(entry == 5 ? Errno.ENOSPC : Errno.OK), Mode.Of(RunMode.Safety).Allows));
        }

        // Six entries take two blocks at least, so two blocks are left at most.
        full.Ask(new Write { Path = "/name-of-16-bytes-0", Length = new ByteSize(4 * 128) }, ++_step);
        Assert.False(full.Accept(Answer.Of((Result<int>)384), Mode.Of(RunMode.Safety).Allows));
        Assert.True(full.Accept(Answer.Of((Result<int>)128), Mode.Of(RunMode.Safety).Allows));
        Assert.Equal(128, full.Latest.Paths.Find("/name-of-16-bytes-0").Value.Size);
    }

    [Fact]
    public async Task What_was_under_way_was_done_or_not()
    {
        Do(New("/one"));
        _oracle.Sync();
        _oracle.Ask(New("/two"), ++_step);
        _oracle.Interrupt(static (right, given) => right == given, static (_, _) => null);

        Assert.Equal(0, Lost(await JudgeAsync("/one")));
        Assert.Equal(0, Lost(await JudgeAsync("/one", "/two")));
        Assert.IsType<Judgement.Nothing>(await JudgeAsync("/two"));
    }

    [Fact]
    public async Task What_a_recovery_decided_no_later_one_undoes()
    {
        Do(New("/one"), New("/two"));
        _oracle.Adopt(Found(await JudgeAsync("/one", "/two")).States);

        var nothing = Assert.IsType<Judgement.Nothing>(await JudgeAsync("/one"));
        Assert.Equal(Promise.Stability, nothing.Broken);

        Do(New("/three"));
        Assert.Equal(1, Lost(await JudgeAsync("/one", "/two")));
        Assert.Equal(Promise.Stability, Assert.IsType<Judgement.Nothing>(await JudgeAsync("/one")).Broken);
    }

    [Fact]
    public async Task A_file_that_nobody_wrote_is_a_neighbour()
    {
        Do(New("/quiet"), Fill("/quiet", 100, 1));
        _oracle.Sync();
        Do(New("/busy"));

        var nothing = Assert.IsType<Judgement.Nothing>(await JudgeAsync(New("/quiet"), Fill("/quiet", 100, 2), New("/busy")));
        Assert.Equal(Promise.Neighbours, nothing.Broken);
        Assert.Contains("{read: /quiet, length: 101B} answers 100 bytes, from byte 0 on", nothing.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_write_may_be_there_up_to_the_edge_of_a_block_and_nowhere_else()
    {
        Do(New("/f"), Fill("/f", 3 * Block, 1));
        _oracle.Sync();
        Do(Fill("/f", 3 * Block, 2));

        Assert.IsType<Judgement.Found>(await JudgeAsync(New("/f"), Fill("/f", 3 * Block, 1), Fill("/f", 2 * Block, 2)));
        Assert.IsType<Judgement.Nothing>(await JudgeAsync(New("/f"), Fill("/f", 3 * Block, 1), Fill("/f", (2 * Block) + 1, 2)));
        Assert.IsType<Judgement.Nothing>(await JudgeAsync(New("/f"), Fill("/f", 3 * Block, 2), Fill("/f", Block, 1)));
    }

    [Fact]
    public async Task What_cannot_be_read_leaves_it_open_until_an_answer_tells()
    {
        Do(New("/f"), Fill("/f", 10, 1));
        _oracle.Sync();
        Do(Fill("/f", 10, 2), Fill("/f", 10, 1), Fill("/f", 10, 3));
        var tree = new RecoveredTree();
        await tree.ReadAsync(new ClientPaths(new PathOperations(new UnreadableFiles())));

        // Within the budget that is a loss. Beyond it all four states stay possible, the likeliest first: two have one content,
        // but not one time of change.
        Assert.Equal(Promise.NoLoss, Assert.IsType<Judgement.Nothing>(_oracle.Judge(tree, Mode.Of(RunMode.Safety).Allows)).Broken);
        Judgement.Found found = Found(_oracle.Judge(tree, Mode.Of(RunMode.Beyond).Allows));
        Assert.Equal(4, found.States.Count);
        _oracle.Adopt(found.States);
        Assert.Equal(Files(New("/f"), Fill("/f", 10, 3)).Read("/f", 0, 10).Value, _oracle.Read("/f", 0, 10).Value);

        var read = new Read { Path = "/f", Length = new ByteSize(11) };
        _oracle.Ask(read, ++_step);
        Assert.False(_oracle.Accept(read.ApplyTo(Files(New("/f"), Fill("/f", 10, 4))), Same));
        Assert.True(_oracle.Accept(read.ApplyTo(Files(New("/f"), Fill("/f", 10, 2))), Same));
        Assert.True(_oracle.IsCertain);
        Assert.Equal(Files(New("/f"), Fill("/f", 10, 2)).Read("/f", 0, 10).Value, _oracle.Read("/f", 0, 10).Value);
    }

    [Fact]
    public async Task Where_less_space_may_be_free_than_is_right_the_state_that_is_right_is_preferred()
    {
        var limits = ReferenceLimits.Linux with
        {
            BlockSize = (int)Block,
            Space = new ReferenceSpace(Blocks: 100, Inodes: 100, PointersPerBlock: 32, InlineTarget: 60),
        };
        var oracle = new StateOracle(limits, Block);
        FileOperation[] prepare = [New("/f"), new Open { Path = "/f", As = "$f", Flags = OpenFlags.Read | OpenFlags.Write }];
        Assert.All(prepare, operation => Assert.True(oracle.Accept(oracle.Ask(operation, _step++), Same)));
        oracle.Sync();
        var fallocate = new Fallocate { Name = "$f", Length = new ByteSize(4 * Block) };
        oracle.Ask(fallocate, _step);
        oracle.Interrupt(Same, static (_, _) => null);

        // The first client dies before it has read anything, so each part of it may have been done. The next one finds two blocks.
        Judgement.Found open = Found(oracle.Judge(new RecoveredTree(), Mode.Of(RunMode.Liveness).Allows));
        Assert.Equal(5, open.States.Count);
        oracle.Adopt(open.States);
        var files = new ReferenceFileSystem(limits);
        var paths = new ReferencePaths(files);
        Assert.All(
            [.. prepare, fallocate.Parts(Block).ElementAt(1)], operation => Assert.Equal(Errno.OK, operation.ApplyTo(paths).Error));
        files.CloseAll();
        var tree = new RecoveredTree();
        await tree.ReadAsync(new ClientPaths(new PathOperations(files)));

        Judgement.Found found = Found(oracle.Judge(tree, Mode.Of(RunMode.Liveness).Allows));
        Assert.Equal(files.FreeBlocks.Least, Assert.Single(found.States).Paths.Free.Blocks.Least);
    }

    [Fact]
    public async Task An_error_that_is_allowed_changes_nothing_and_excludes_nothing()
    {
        Do(New("/f"));
        _oracle.Ask(Fill("/f", 10, 1), ++_step);
        Assert.False(_oracle.Accept(new Answer(Errno.EIO), Mode.Of(RunMode.Safety).Allows));
        Assert.True(_oracle.Accept(new Answer(Errno.EIO), Mode.Of(RunMode.Liveness).Allows));

        Assert.Equal(0, Lost(await JudgeAsync("/f")));
        Assert.IsType<Judgement.Nothing>(await JudgeAsync(New("/f"), Fill("/f", 10, 1)));
    }

    private static bool Same(Answer expected, Answer actual) => expected == actual;

    private static Create New(string path) => new() { Path = path };

    private static Write Fill(string path, long length, ulong fill) =>
        new() { Path = path, Length = new ByteSize(length), Fill = fill };

    /// <summary>A file system to which these operations were done.</summary>
    private static ReferencePaths Files(params IReadOnlyList<FileOperation> operations)
    {
        var paths = new ReferencePaths(new ReferenceFileSystem(ReferenceLimits.Linux));
        Assert.All(operations, operation => Assert.Equal(Errno.OK, operation.ApplyTo(paths).Error));
        return paths;
    }

    private static Judgement.Found Found(Judgement judgement) =>
        judgement as Judgement.Found ?? throw new Xunit.Sdk.XunitException($"{judgement}");

    private static int Lost(Judgement judgement) => Found(judgement).OperationsLost;

    /// <summary>The run does these operations, and each is acknowledged.</summary>
    private void Do(params IReadOnlyList<FileOperation> operations)
    {
        foreach (FileOperation operation in operations)
        {
            Answer expected = _oracle.Ask(operation, _step++);
            Assert.True(_oracle.Accept(expected, Same));
        }
    }

    /// <summary>A client recovers, and finds these files, empty.</summary>
    private Task<Judgement> JudgeAsync(params IReadOnlyList<string> files) => JudgeAsync([.. files.Select(New)]);

    /// <summary>A client recovers, and finds what these operations leave.</summary>
    private async Task<Judgement> JudgeAsync(params IReadOnlyList<FileOperation> operations)
    {
        var files = new ReferenceFileSystem(ReferenceLimits.Linux);
        var paths = new ReferencePaths(files);
        Assert.All(operations, operation => Assert.Equal(Errno.OK, operation.ApplyTo(paths).Error));
        var tree = new RecoveredTree();
        await tree.ReadAsync(new ClientPaths(new PathOperations(files)));
        Assert.True(tree.IsWhole);
        return _oracle.Judge(tree, Mode.Of(RunMode.Safety).Allows);
    }
}
