using System.Diagnostics;
using Raid5Verify.Running;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Campaigns;

/*
 * What a campaign has found, made small: after its runs, so that nothing of it depends on how long that takes.
 *
 * A bug that many runs find is shrunk once, or a few times: of the failures of one promise at one kind of step the first, of those
 * that have a bundle, and not more of them than one looks at. What time there is is divided among those that are
 * left; `shrink` does any of them later.
 */

/// <summary>A failure of a campaign that was shrunk: its bundle holds both runs.</summary>
/// <param name="Failure">Which.</param>
/// <param name="Minimal">The smallest run that fails in the same way.</param>
public sealed record ShrunkFailure(FoundFailure Failure, MinimalFailure Minimal)
{
    /// <summary>How small a failure of a campaign could be made; null if it was not tried, or its bundle could not be written.</summary>
    public static MinimalFailure? Of(FoundFailure failure, IReadOnlyList<ShrunkFailure> shrunk) =>
        shrunk.FirstOrDefault(one => ReferenceEquals(one.Failure, failure))?.Minimal;
}

/// <summary>Shrinks the failures of a campaign.</summary>
public static class FailureShrinking
{
    /// <summary>Failures that are shrunk at most.</summary>
    private const int Most = 5;

    /// <param name="failures">What the campaign has found, in its order.</param>
    /// <param name="options">How long in all, and how; its progress is told by <paramref name="onProgress"/>.</param>
    /// <param name="onProgress">Told how far each is, on the threads that run it, one at a time; null for nobody.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <returns>Those that were shrunk, in that order; each is when it is asked for.</returns>
    /// <exception cref="IOException">A bundle cannot be written. Those before it were.</exception>
    /// <exception cref="UnauthorizedAccessException">A bundle may not be written. Those before it were.</exception>
    public static IEnumerable<ShrunkFailure> Run(
        IReadOnlyList<FoundFailure> failures,
        ShrinkOptions options,
        Action<FoundFailure, ShrinkProgress>? onProgress = null,
        CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        List<FoundFailure> chosen =
        [
            .. failures.Where(static failure => failure.BundleFolder is not null)
                .DistinctBy(static failure => (FailureIdentity.Of(failure.Result), KindOfStep(failure.Result)))
                .Take(Most),
        ];
        foreach ((int done, FoundFailure failure) in chosen.Index())
        {
            TimeSpan time = (options.Time - clock.Elapsed) / (chosen.Count - done);
            if (time <= TimeSpan.Zero || cancellation.IsCancellationRequested)
            {
                yield break;
            }

            MinimalFailure minimal = MinimalFailure.Find(
                failure.Result,
                options with { Time = time, OnProgress = progress => onProgress?.Invoke(failure, progress) },
                FailureBundle.FindMinimal(failure.BundleFolder!),
                cancellation);
            FailureBundle.AddMinimal(failure.BundleFolder!, failure.Result, minimal, options.Watchdog);
            yield return new ShrunkFailure(failure, minimal);
        }
    }

    /// <summary>The kind of the step that failed; null for the checks after the last.</summary>
    private static Type? KindOfStep(RunResult result) =>
        result.Violation is { } violation ? result.Scenario.AllSteps.ElementAtOrDefault(violation.StepIndex)?.GetType() : null;
}
