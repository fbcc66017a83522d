using System.Collections.Concurrent;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Tests.Shrinking;

public sealed class ShrinkerTests
{
    private static readonly int[] Hundred = [.. Enumerable.Range(1, 100)];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_is_needed_is_left_whatever_the_number_of_jobs(int jobs)
    {
        Shrunk<string> shrunk = Shrink(Text(Hundred), numbers => numbers.Contains(17) && numbers.Contains(83), jobs);

        Assert.Equal("17 83", shrunk.Smallest);
        Assert.True(shrunk.IsMinimal);
    }

    [Fact]
    public void Of_several_that_fail_the_first_in_order_wins_however_long_it_takes()
    {
        // Either of two numbers is enough. The cut that keeps the second comes first, and its run takes longer than the others.
        using var secondTried = new ManualResetEventSlim();
        Shrunk<string> shrunk = Shrink("1 2", numbers =>
        {
            if (numbers is [2])
            {
                secondTried.Wait(TimeSpan.FromSeconds(5));
            }
            else if (numbers is [1])
            {
                secondTried.Set();
            }

            return numbers.Length == 1;
        }, jobs: 2);

        Assert.Equal("2", shrunk.Smallest);
    }

    [Fact]
    public void Nothing_is_tried_twice()
    {
        ConcurrentBag<string> tried = [];
        Shrunk<string> shrunk = Shrink(Text(Hundred[..12]), numbers =>
        {
            tried.Add(Text(numbers));
            return numbers.Contains(3) && numbers.Length % 3 == 0;
        }, jobs: 1);

        Assert.Equal(tried.Distinct().Count(), tried.Count);
        Assert.Equal(tried.Count, shrunk.Runs);
        Assert.Equal(3, shrunk.Smallest.Split(' ').Length);
    }

    [Fact]
    public void The_next_level_is_tried_where_the_first_is_in_vain_and_the_first_again_after_a_success()
    {
        var shrinker = new Shrinker<string>(
            [static text => text.Length > 1 && text[0] == 'b' ? [text[..^1]] : [], static text => text[0] == 'a' ? ["b" + text[1..]] : []],
            static text => text.Length > 2,
            static text => text.Length,
            StringComparer.Ordinal,
            new ShrinkOptions { Jobs = 1 });

        Assert.Equal("b22", shrinker.Shrink("a2222").Smallest);
    }

    [Fact]
    public void When_time_is_up_it_says_so_and_keeps_what_it_has()
    {
        Shrunk<string> none = Shrink(Text(Hundred), static _ => true, jobs: 1, TimeSpan.Zero);
        Assert.Equal(Text(Hundred), none.Smallest);
        Assert.False(none.IsMinimal);
        Assert.Equal(0, none.Runs);

        using var cancellation = new CancellationTokenSource();
        Shrunk<string> cancelled = Shrink(Text(Hundred), numbers =>
        {
            cancellation.Cancel();
            return numbers.Length is > 0 and < 100;
        }, jobs: 1, cancellation: cancellation.Token);
        Assert.False(cancelled.IsMinimal);
        Assert.InRange(cancelled.Runs, 1, 1);
    }

    private static Shrunk<string> Shrink(
        string failing, Func<int[], bool> fails, int jobs, TimeSpan? time = null, CancellationToken cancellation = default)
    {
        var shrinker = new Shrinker<string>(
            [text => [.. Cuts(Numbers(text)).Select(Text)]],
            text => fails(Numbers(text)),
            static text => Numbers(text).Length,
            StringComparer.Ordinal,
            new ShrinkOptions { Jobs = jobs, Time = time ?? TimeSpan.FromMinutes(1) });
        return shrinker.Shrink(failing, cancellation);
    }

    private static IEnumerable<int[]> Cuts(int[] numbers)
    {
        for (int size = numbers.Length; size >= 1; size /= 2)
        {
            for (int start = 0; start < numbers.Length; start += size)
            {
                yield return [.. numbers[..start], .. numbers[Math.Min(numbers.Length, start + size)..]];
            }
        }
    }

    private static int[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static string Text(int[] numbers) => string.Join(' ', numbers);
}
