using FsCheck;
using Raid5Verify.Generation;

namespace Raid5Verify.Specs;

/// <summary>
/// A read returns the last acknowledged value, or an error, under any number of faults that checksums can detect.
/// </summary>
public sealed class Promise01_NeverWrong
{
    [Promise(25)]
    public Property No_read_ever_returns_rotten_bytes() =>
        Spec.Holds(Profile.Quick.WithFaults("bit-flip", "bad-sector"));

    [Promise(25)]
    public Property No_read_ever_returns_what_a_server_missed_while_it_was_away() =>
        Spec.Holds(Profile.Quick.WithFaults("crash", "pause", "partition"));

    [Promise(25)]
    public Property No_read_ever_returns_what_a_message_was_damaged_into() => Spec.Holds(Profile.Quick.WithFaults("garble"));

    [Promise(15)]
    public Property Nor_does_one_beyond_all_that_can_be_survived() => Spec.Holds(Profile.Beyond.WithFaults(
        "bit-flip", "bad-sector", "crash", "pause", "partition", "clog", "garble"));

    /// <summary>With every unit of the array damaged there is nothing left to answer but errors, and right bytes.</summary>
    [Promise(20)]
    public Property However_much_is_damaged_what_is_read_is_right() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, async (blocks, dice) =>
        {
            int damage = dice.Next(1, blocks.Rows * blocks.Servers);
            for (int i = 0; i < damage; i++)
            {
                blocks.Damage(dice.Next(blocks.Servers), dice.Next(blocks.Rows), dice);
            }

            for (int block = 0; block < blocks.Expected.Length; block++)
            {
                var (error, bytes) = await blocks.ReadAsync(block);
                Assert.True(error != Raid5Fs.Primitives.Errno.OK || bytes.SequenceEqual(blocks.Expected[block]), $"block {block}");
            }
        }));
}
