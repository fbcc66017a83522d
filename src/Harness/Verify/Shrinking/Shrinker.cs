using System.Diagnostics;
using Raid5Verify.Running;

namespace Raid5Verify.Shrinking;

/*
 * From something that fails to the smallest that fails in the same way, as property-based testing does it: of what a
 * shrinker proposes, the first that fails is taken, and all begins anew with that, until nothing fails that is proposed.
 *
 * Here a try is a whole run, of milliseconds. So
 *
 * - the proposals for something new are not tried from the first one on, but from where the last success was: those before
 *   were tried a moment ago on something hardly larger. Round it goes, and it ends after a whole round without success;
 * - several are tried at a time. The first in order wins, not the first that ends, so the number of jobs changes nothing;
 * - what was tried is not tried again;
 * - proposals come on levels: the cheap ones first, and only if all of them are in vain those that cost more.
 */

/// <summary>Looks for the smallest thing that still fails. Runs once.</summary>
/// <typeparam name="T">What is shrunk. Never changed.</typeparam>
/// <param name="levels">What may be tried in place of something: lists, finite, of what is smaller or simpler, so that there is an end.</param>
/// <param name="fails">Whether it fails in the way that matters. Asked on any thread, several at a time.</param>
/// <param name="size">For the display.</param>
/// <param name="equality">Which of them are the same, and so need not be tried again.</param>
/// <param name="options">How long, and how.</param>
internal sealed class Shrinker<T>(
    IReadOnlyList<Func<T, IReadOnlyList<T>>> levels,
    Func<T, bool> fails,
    Func<T, int> size,
    IEqualityComparer<T> equality,
    ShrinkOptions options)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private readonly Dictionary<T, bool> _tried = new(equality);
    private long _runs;

    /// <param name="failing">Fails.</param>
    /// <param name="cancellation">As if the time were up.</param>
    public Shrunk<T> Shrink(T failing, CancellationToken cancellation = default)
    {
        _clock.Start();
        T smallest = failing;
        int level = 0;
        int place = 0;
        _tried[failing] = true;
        while (level < levels.Count && !IsOver(cancellation))
        {
            IReadOnlyList<T> proposals = levels[level](smallest);
            if (FindFailing(proposals, place, smallest, cancellation) is { } found)
            {
                smallest = proposals[found];
                place = level == 0 ? found : 0;
                level = 0;
            }
            else
            {
                place = 0;
                level++;
            }
        }

        return new Shrunk<T>(smallest, !IsOver(cancellation), Interlocked.Read(ref _runs), _clock.Elapsed);
    }

    private bool IsOver(CancellationToken cancellation) => cancellation.IsCancellationRequested || _clock.Elapsed >= options.Time;

    /// <returns>The index of the first that fails, from a place on and then from the beginning; null if none does, or time is up.</returns>
    private int? FindFailing(IReadOnlyList<T> proposals, int place, T smallest, CancellationToken cancellation)
    {
        int next = -1;
        int first = int.MaxValue;
        Workers.Run(options.Jobs, TryNext, cancellation);
        return first < proposals.Count ? At(first) : null;

        bool TryNext()
        {
            int mine = Interlocked.Increment(ref next);
            if (mine >= proposals.Count || mine > Volatile.Read(ref first) || IsOver(cancellation))
            {
                return false;
            }

            if (Fails(proposals[At(mine)], smallest))
            {
                lock (_gate)
                {
                    first = Math.Min(first, mine);
                }
            }

            return true;
        }

        int At(int index) => (place + index) % proposals.Count;
    }

    private bool Fails(T proposal, T smallest)
    {
        lock (_gate)
        {
            if (_tried.TryGetValue(proposal, out bool failed))
            {
                return failed;
            }
        }

        bool isFailing = fails(proposal);
        lock (_gate)
        {
            _tried[proposal] = isFailing;
            _runs++;
            options.OnProgress?.Invoke(new ShrinkProgress(_runs, size(smallest), _clock.Elapsed));
        }

        return isFailing;
    }
}

/// <summary>What came of a search for something smaller.</summary>
/// <param name="Smallest">The smallest that was found, which fails as the first one did.</param>
/// <param name="IsMinimal">Whether nothing can be taken away from it; if not, time was up.</param>
/// <param name="Runs">Runs that it took.</param>
/// <param name="Elapsed">Real time that it took.</param>
public sealed record Shrunk<T>(T Smallest, bool IsMinimal, long Runs, TimeSpan Elapsed);
