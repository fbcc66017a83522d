using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>
/// Several users write, commit and read an array at once, each its own blocks of shared rows, while faults befall one
/// member after the other: nothing may be lost and nothing wrong. Each seed is another story.
/// </summary>
public sealed class ArrayUnderFaultsTests
{
    private const int Users = 4;
    private const int Stories = 8;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_is_wrong_or_lost_while_one_member_at_a_time_is_ill(int members, ulong seed) =>
        ArrayStory.Tell(members, array => RunAsync(array, array.World.Dice.Fork("story")), seed);

    public static TheoryData<int, ulong> Seeds()
    {
        var data = new TheoryData<int, ulong>();
        for (int seed = 1; seed <= Stories; seed++)
        {
            data.Add(3 + (seed % 4), (ulong)seed);
        }

        return data;
    }

    private static async Task RunAsync(ArrayStory array, Dice dice)
    {
        int[] versions = new int[array.Array.BlockCount];
        bool over = false;
        Task[] users =
        [
            .. Enumerable.Range(0, Users).Select(user => UseAsync(array, user, versions, dice.Fork($"user {user}"))),
        ];
        Task faults = MakeIllAsync(array, dice.Fork("faults"), () => over);
        await Task.WhenAll(users);
        over = true;
        await faults;

        await array.UntilInSync();
        await array.Array.ScrubAsync();
        await array.ExpectClean();
        for (int block = 0; block < versions.Length; block++)
        {
            await ExpectAsync(array, block, versions[block]);
        }
    }

    /// <summary>A user owns every fourth run of three blocks, so that users meet in rows and never in blocks.</summary>
    private static async Task UseAsync(ArrayStory array, int user, int[] versions, Dice dice)
    {
        for (int step = 0; step < 60; step++)
        {
            int run = (dice.Next(versions.Length / 3 / Users) * Users) + user;
            int block = (run * 3) + dice.Next(3);
            int blocks = 1 + dice.Next(((run + 1) * 3) - block);
            if (block + blocks > versions.Length)
            {
                continue;
            }

            if (dice.Chance(1, 2))
            {
                int version = step + 1;
                await array.WriteWell(block, version, blocks);
                Array.Fill(versions, version, block, blocks);
                if (dice.Chance(1, 3))
                {
                    await array.CommitWell();
                }
            }
            else
            {
                for (int i = 0; i < blocks; i++)
                {
                    await ExpectAsync(array, block + i, versions[block + i]);
                }
            }

            await array.Pause(dice.Next(400) / 1000.0);
        }

        await array.CommitWell();
    }

    private static async Task ExpectAsync(ArrayStory array, int block, int version)
    {
        if (version > 0)
        {
            await array.Expect(block, version);
            return;
        }

        byte[] found = new byte[ArrayStory.BlockSize];
        Assert.Equal(Errno.OK, await array.Array.ReadAsync(new BlockAddress(block), found));
        Assert.Equal(new byte[ArrayStory.BlockSize], found);
    }

    private static async Task MakeIllAsync(ArrayStory array, Dice dice, Func<bool> over)
    {
        while (!over())
        {
            await array.Pause(dice.Next(300) / 1000.0);
            await MakeIllAsync(array, array.Server(dice.Next(array.Members)), dice);

            // The next one only when this one is mended: in sync, and nothing latent left.
            await array.UntilInSync();
            ScrubReport report = await array.Array.ScrubAsync();
            Assert.DoesNotContain(
                report.Findings,
                finding => finding.Kind is ScrubFindingKind.Inconsistent or ScrubFindingKind.Unrecoverable);
            await array.UntilInSync();
        }
    }

    private static async Task MakeIllAsync(ArrayStory array, ArrayStory.ServerOfStory server, Dice dice)
    {
        switch (dice.Next(6))
        {
            case 0:
                server.Crash();
                await array.Pause(dice.Next(8000) / 1000.0);
                server.Restart();
                break;
            case 1:
                server.Corrupt(new Row(dice.Next(ArrayStory.Rows)));
                break;
            case 2:
                server.MakeUnreadable(new Row(dice.Next(ArrayStory.Rows)));
                break;
            case 3:
                await DuringAsync(array, dice, new LossRule { To = server.Host, BothWays = true });
                break;
            case 4:
                await DuringAsync(array, dice, new ClogRule { To = server.Host });
                break;
            default:
                await DuringAsync(
                    array,
                    dice,
                    new DuplicateRule { To = server.Host, BothWays = true },
                    new FlipRule { To = server.Host, BothWays = true, OutOf = 4 },
                    new DelayRule { To = server.Host, Min = TimeSpan.Zero, Max = TimeSpan.FromSeconds(0.7) });
                break;
        }
    }

    /// <summary>Keeps up rules of the network for up to twice the retry budget.</summary>
    private static async Task DuringAsync(ArrayStory array, Dice dice, params LinkRule[] rules)
    {
        foreach (LinkRule rule in rules)
        {
            array.World.Network.Add(rule, rule.GetType().Name);
        }

        await array.Pause(dice.Next(6000) / 1000.0);
        foreach (LinkRule rule in rules)
        {
            array.World.Network.Remove(rule);
        }
    }
}
