using FsCheck;
using Raid5Fs.Primitives;
using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Specs;

/// <summary>A crash never changes a block that was not written.</summary>
public sealed class Promise05_Neighbours
{
    /// <summary>Every recovery of every run reads all files, those that nobody was writing too.</summary>
    [Promise(25)]
    public Property What_nobody_was_writing_outlives_any_crash() =>
        Spec.Holds(Profile.Quick.WithFaults("crash", "crash-client"));

    /// <summary>Even where the rest of its row was being written when the server lost its power, or the client its life.</summary>
    [Promise(25)]
    public Property Blocks_beside_those_that_were_being_written_are_what_they_were() => Spec.ForAllSeeds(seed =>
        BlockWorld.RunOutside(seed, async (blocks, dice) =>
        {
            int first = dice.Next(blocks.Expected.Length);
            int count = dice.Next(1, Math.Min(8, blocks.Expected.Length - first) + 1);
            await blocks.CrashInWriteAsync(first, count, fill: seed + 1, after: dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(3)));
            for (int block = 0; block < blocks.Expected.Length; block++)
            {
                bool wasWritten = block >= first && block < first + count;
                (Errno error, byte[] bytes) = await blocks.ReadAsync(block);
                Assert.Equal(Errno.OK, error);
                Assert.True(wasWritten || bytes.SequenceEqual(blocks.Expected[block]), $"block {block}");
            }
        }));

    /// <summary>The opposite: a file that was being written may have changed.</summary>
    [Fact]
    public void What_was_being_written_may_be_there_or_not()
    {
        RunResult before = Story.Run("- create: /f\n- fsync: /f\n- { write: /f, length: 8KiB }\n- crash-client: 1ms\n- { stat: /f }\n- check: undone-operations exactly 1");
        RunResult after = Story.Run("- create: /f\n- { write: /f, length: 8KiB }\n- fsync: /f\n- crash-client: 1ms\n- { stat: /f }\n- check: undone-operations exactly 0");
        Assert.True(before.Violation is null, $"{before.Violation}");
        Assert.True(after.Violation is null, $"{after.Violation}");
    }
}
