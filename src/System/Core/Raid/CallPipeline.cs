using System.Runtime.CompilerServices;
using Grpc.Core;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// How every call to a member is made: attempts with a timeout each, repeated with exponential pauses and jitter until
/// one is answered or the retry budget is used up. Polly does the work; one pipeline serves the whole array.
/// </summary>
/// <remarks>
/// <para>An attempt is answered as a value, so that a failed one costs no more exceptions than gRPC's own.</para>
/// <para>The first attempt has its timeout alone, and the retries begin with what came of it: most calls need none, and
/// each layer of a pipeline costs every call a state machine.</para>
/// <para>Time and jitter come from the injected clock and dice, and all continuations stay on the caller's
/// executor: the simulation replays them.</para>
/// </remarks>
internal sealed class CallPipeline
{
    private readonly ResiliencePipeline<Attempt> _attempt;
    private readonly TimeProvider _clock;
    private readonly Random _dice;
    private readonly ArrayOptions _options;
    private ResiliencePipeline<Attempt>? _retries;

    public CallPipeline(ArrayOptions options, TimeProvider clock, Random dice)
    {
        _options = options;
        _clock = clock;
        _dice = dice;
        _attempt = new ResiliencePipelineBuilder<Attempt> { TimeProvider = clock }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout })
            .Build();
    }

    /// <summary>Built when a call first needs it: many an array is opened and closed without.</summary>
    private ResiliencePipeline<Attempt> Retries =>
        _retries ??= new ResiliencePipelineBuilder<Attempt> { TimeProvider = _clock }
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                // The budget ends it, see MakeAttemptAsync.
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                MaxDelay = _options.MaxRetryDelay,
                Randomizer = _dice.NextDouble,
                ShouldHandle = static retry => ValueTask.FromResult(
                    retry.Outcome.Exception is null && retry.Outcome.Result.IsWorthRepeating),
            })
            .Build();

    /// <summary>Makes attempts until one is answered or the budget is used up.</summary>
    /// <param name="call">A new one: it keeps the time of its first attempt.</param>
    /// <param name="result">What the caller is told, from what the call brought and from what came of it.</param>
    /// <param name="cancellation">Ends it between and within attempts.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; whether it took effect is unknown.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> RunAsync<TCall, TResult>(
        TCall call, Func<TCall, RpcFailure, TResult> result, CancellationToken cancellation)
        where TCall : MemberCall
    {
        call.Begin(_clock, _options);
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellation);
        try
        {
            Outcome<Attempt> outcome = await _attempt.ExecuteOutcomeAsync(MakeAttemptAsync, context, call);
            if (outcome is { Exception: null, Result.IsWorthRepeating: true })
            {
                var repetition = new Repetition(_attempt, call, outcome);
                outcome = await Retries.ExecuteOutcomeAsync(
                    static (context, repetition) => repetition.NextAsync(context), context, repetition);
            }

            outcome.ThrowIfException();
            if (outcome.Result.Failure != RpcFailure.None)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            call.End(outcome.Result.Failure);
            return result(call, outcome.Result.Failure);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Outcome<Attempt>> MakeAttemptAsync(ResilienceContext context, MemberCall call)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return Outcome.FromException<Attempt>(new OperationCanceledException(context.CancellationToken));
        }

        bool isLast = call.CountAttempt();
        RpcFailure failure;
        try
        {
            failure = await call.SendAsync(call.NextOptions(context.CancellationToken));
            call.NoteAttempt(failure);
        }
        catch (RpcException error)
        {
            failure = RpcFailures.Translate(error.StatusCode);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            failure = RpcFailure.OutcomeUnknown;
        }

        return Outcome.FromResult(new Attempt(failure, isLast));
    }

    /// <summary>The attempts of a call as its retries see them: the first one was made before.</summary>
    private sealed class Repetition(ResiliencePipeline<Attempt> attempt, MemberCall call, Outcome<Attempt> first)
    {
        private bool _isBegun;

        public ValueTask<Outcome<Attempt>> NextAsync(ResilienceContext context)
        {
            if (_isBegun)
            {
                return attempt.ExecuteOutcomeAsync(MakeAttemptAsync, context, call);
            }

            _isBegun = true;
            return ValueTask.FromResult(first);
        }
    }

    /// <param name="Failure">What came of it.</param>
    /// <param name="IsLast">It began after the budget was used up.</param>
    private readonly record struct Attempt(RpcFailure Failure, bool IsLast)
    {
        public bool IsWorthRepeating => Failure.IsWorthRetrying() && !IsLast;
    }
}

/// <summary>One call to a member, over all its attempts. Used once.</summary>
internal abstract class MemberCall
{
    private TimeProvider? _clock;
    private ArrayOptions? _options;
    private long _begun;

    public int Attempts { get; private set; }

    /// <summary>Whether it is repeated at all; a probe is not, as it comes again anyway.</summary>
    protected virtual bool Persists => true;

    public void Begin(TimeProvider clock, ArrayOptions options)
    {
        _clock = clock;
        _options = options;
        _begun = clock.GetTimestamp();
    }

    /// <returns>Whether this attempt is the last, because the budget is used up.</returns>
    public bool CountAttempt()
    {
        Attempts++;
        return _clock!.GetElapsedTime(_begun) >= (Persists ? _options!.RetryBudget : TimeSpan.Zero);
    }

    public CallOptions NextOptions(CancellationToken cancellation) => new(
        deadline: _clock!.GetUtcNow().UtcDateTime + _options!.AttemptTimeout, cancellationToken: cancellation);

    /// <summary>Called after each attempt that did not throw, with what came of it.</summary>
    public virtual void NoteAttempt(RpcFailure failure)
    {
    }

    /// <summary>Called once, when the last attempt has ended; not if the call was cancelled.</summary>
    public virtual void End(RpcFailure failure)
    {
    }

    /// <summary>One attempt; what it brings is kept in the call.</summary>
    /// <remarks>
    /// May throw gRPC's exception. Calls that are often made to a member that is away catch it where it is first thrown:
    /// thrown on from there it costs as much again.
    /// </remarks>
    /// <exception cref="RpcException">The call was not answered.</exception>
    public abstract ValueTask<RpcFailure> SendAsync(CallOptions options);
}
