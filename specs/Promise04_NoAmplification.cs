using FsCheck;

namespace Raid5Verify.Specs;

/// <summary>
/// Read-modify-write, scrub, self-heal and refill never raise the number of bad units. Every source is verified.
/// </summary>
public sealed class Promise04_NoAmplification
{
    [Promise(25)]
    public Property Writing_beside_damage_spreads_none_of_it() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, async (blocks, dice) =>
        {
            // At most one bad unit a row, of data or of parity.
            for (int row = 0; row < blocks.Rows; row++)
            {
                if (dice.Chance(1, 2))
                {
                    blocks.Damage(dice.Next(blocks.Servers), row, dice);
                }
            }

            HashSet<(int Server, int Row)> before = blocks.Damaged();
            for (int i = 0; i < 20; i++)
            {
                int first = dice.Next(blocks.Expected.Length);
                await blocks.WriteAsync(first, dice.Next(1, Math.Min(6, blocks.Expected.Length - first) + 1), fill: (ulong)i + 1);
                Assert.Subset(before, blocks.Damaged());
            }

            var report = await blocks.Array.ScrubAsync();
            Assert.DoesNotContain(report.Findings, finding => finding.Kind != Raid5Fs.Raid.ScrubFindingKind.Healed);
            await blocks.CommitAsync();
            Assert.Empty(blocks.Damaged());
            for (int block = 0; block < blocks.Expected.Length; block++)
            {
                Assert.Equal(blocks.Expected[block], (await blocks.ReadAsync(block)).Bytes);
            }
        }));

    /// <summary>Where two units of a row are bad, a scrub must leave what is good alone.</summary>
    [Promise(25)]
    public Property A_scrub_of_what_it_cannot_mend_makes_nothing_worse() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, async (blocks, dice) =>
        {
            for (int row = 0; row < blocks.Rows; row++)
            {
                for (int bad = dice.Next(blocks.Servers + 1); bad > 0; bad--)
                {
                    blocks.Damage(dice.Next(blocks.Servers), row, dice);
                }
            }

            HashSet<(int Server, int Row)> before = blocks.Damaged();
            await blocks.Array.ScrubAsync();
            await blocks.SettleAsync();

            HashSet<(int Server, int Row)> after = blocks.Damaged();
            Assert.Subset(before, after);
            Assert.All(after, unit => Assert.True(after.Count(other => other.Row == unit.Row) > 1, $"{unit} could be mended"));
        }));
}
