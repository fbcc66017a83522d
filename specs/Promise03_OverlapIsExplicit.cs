using FsCheck;
using Raid5Fs.Primitives;
using Raid5Verify.Generation;

namespace Raid5Verify.Specs;

/// <summary>
/// A second fault in a row before the first is mended: EIO on exactly the blocks that cannot be rebuilt; the neighbours
/// stay readable.
/// </summary>
public sealed class Promise03_OverlapIsExplicit
{
    /// <summary>The closing checks of every run beyond the budget are this promise: where no row has lost two units, all can be read.</summary>
    [Promise(15)]
    public Property Errors_end_with_their_cause() =>
        Spec.Holds(Profile.Beyond.WithFaults("bit-flip", "bad-sector", "crash", "pause"));

    [Promise(25)]
    public Property Two_bad_units_in_a_row_cost_exactly_their_own_blocks() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, async (blocks, dice) =>
        {
            List<(int Server, int Row)> places = [.. Enumerable.Range(0, blocks.Expected.Length).Select(blocks.Find)];
            int row = dice.Next(blocks.Rows);
            int one = dice.Next(blocks.Servers);
            int other = (one + dice.Next(1, blocks.Servers)) % blocks.Servers;
            blocks.Damage(one, row, dice);
            blocks.Damage(other, row, dice);

            for (int block = 0; block < blocks.Expected.Length; block++)
            {
                var (error, bytes) = await blocks.ReadAsync(block);
                bool isLost = places[block].Row == row && (places[block].Server == one || places[block].Server == other);
                Assert.Equal(isLost ? Errno.EIO : Errno.OK, error);
                Assert.True(isLost || bytes.SequenceEqual(blocks.Expected[block]), $"block {block}");
            }
        }));
}
