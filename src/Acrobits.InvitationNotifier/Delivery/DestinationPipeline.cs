using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// What stands between the notifier and one destination, from the outside in: concurrency limit, total timeout, retry,
/// circuit breaker, attempt timeout.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Whoever found it before it went away still waits here; the limiter holds memory only.")]
internal sealed class DestinationPipeline
{
    // Long enough where many come at once for a healthy provider; short where a slow one would hold up whoever waits.
    private static readonly TimeSpan MaxWaitOnce = TimeSpan.FromSeconds(1);

    // A timeout of zero or less would mean no limit.
    private static readonly TimeSpan LeastTimeLeft = TimeSpan.FromMilliseconds(1);
    private static readonly ResiliencePropertyKey<TimeSpan> TimeLeft = new("time-left");

    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly ConcurrencyLimiter _slots;

    // Nearly all notifications end with their first attempt. What only matters after it stands in a pipeline of its own,
    // which the others do not pay for.
    private readonly ResiliencePipeline<Attempt> _attempt;
    private readonly ResiliencePipeline<Attempt> _repetition;
    private readonly TimeProvider _time;
    private int _running;
    private long _lastUsed;

    public DestinationPipeline(DeliverySettings settings, TimeProvider time)
    {
        Settings = settings;
        _time = time;
        _lastUsed = time.GetTimestamp();
        _slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = settings.MaxConcurrentRequests,
            QueueLimit = settings.MaxQueuedRequests,
        });
        _attempt = BuildAttempt(settings, time, _circuit);
        _repetition = BuildRepetition(settings, time);
    }

    public DeliverySettings Settings { get; }

    public bool IsCircuitOpen => _circuit.CircuitState is CircuitState.Open or CircuitState.HalfOpen;

    /// <summary>Whether nothing is under way, and all that the circuit breaker knows has passed its time.</summary>
    public bool IsForgotten => Volatile.Read(ref _running) == 0
        && _time.GetElapsedTime(Volatile.Read(ref _lastUsed)) > Settings.SamplingDuration + Settings.BreakDuration;

    /// <summary>Runs attempts until one is final or the pipeline ends them.</summary>
    /// <param name="attempt">Makes one attempt.</param>
    /// <param name="state">What the attempt works with.</param>
    /// <param name="once">Whether the first attempt is final, and the wait for a slot a short one.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<Attempt>> ExecuteAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> attempt,
        TState state,
        bool once,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        Interlocked.Increment(ref _running);
        try
        {
            using var slot = await WaitForSlotAsync(once, cancellationToken).ConfigureAwait(false);
            if (!slot.IsAcquired)
            {
                return Outcome.FromException<Attempt>(new RateLimiterRejectedException());
            }

            var started = _time.GetTimestamp();
            var first = await _attempt.ExecuteOutcomeAsync(attempt, context, state).ConfigureAwait(false);
            return first is { Exception: null, Result.IsFinal: false }
                ? await RepeatAsync(first, attempt, context, state, started).ConfigureAwait(false)
                : first;
        }
        finally
        {
            Volatile.Write(ref _lastUsed, _time.GetTimestamp());
            Interlocked.Decrement(ref _running);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The retry strategy gets the first attempt's outcome as if it had made that attempt itself.
    private async ValueTask<Outcome<Attempt>> RepeatAsync<TState>(
        Outcome<Attempt> first,
        Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> attempt,
        ResilienceContext context,
        TState state,
        long started)
    {
        var left = Settings.TotalTimeout - _time.GetElapsedTime(started);
        context.Properties.Set(TimeLeft, left > LeastTimeLeft ? left : LeastTimeLeft);
        var isFirst = true;
        return await _repetition.ExecuteOutcomeAsync(
            (context, state) =>
            {
                var isKnown = isFirst;
                isFirst = false;
                return isKnown ? new(first) : _attempt.ExecuteOutcomeAsync(attempt, context, state);
            },
            context,
            state).ConfigureAwait(false);
    }

    private static ResiliencePipeline<Attempt> BuildAttempt(
        DeliverySettings settings, TimeProvider time, CircuitBreakerStateProvider circuit) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = settings.FailureRatio,
                MinimumThroughput = settings.MinimumThroughput,
                SamplingDuration = settings.SamplingDuration,
                BreakDuration = settings.BreakDuration,
                StateProvider = circuit,

                // What is not handled counts as a success, and one success after the break closes the circuit. An attempt
                // that its caller cancelled is none.
                ShouldHandle = arguments => new(arguments.Outcome.Result is { } attempt
                    ? attempt.IsFailure
                    : circuit.CircuitState == CircuitState.HalfOpen),
            })

            // The first attempt has no total timeout around it.
            .AddTimeout(settings.AttemptTimeout < settings.TotalTimeout ? settings.AttemptTimeout : settings.TotalTimeout)
            .Build();

    private static ResiliencePipeline<Attempt> BuildRepetition(DeliverySettings settings, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time };

        // The strategy knows no "never".
        if (settings.MaxRetryAttempts > 0)
        {
            builder
                .AddTimeout(new TimeoutStrategyOptions
                {
                    TimeoutGenerator = static arguments => new(arguments.Context.Properties.GetValue(TimeLeft, LeastTimeLeft)),
                })
                .AddRetry(new RetryStrategyOptions<Attempt>
                {
                    MaxRetryAttempts = settings.MaxRetryAttempts,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = settings.Delay,
                    MaxDelay = settings.MaxDelay,
                    UseJitter = settings.UseJitter,
                    ShouldHandle = static arguments => new(arguments.Outcome is { Exception: null, Result.IsFinal: false }),
                    DelayGenerator = arguments => new(Lengthened(arguments, settings)),
                });
        }

        return builder.Build();
    }

    // The wait has its limit too: a provider that is slow, and yet never fails, would hold up its callers for long.
    private async ValueTask<RateLimitLease> WaitForSlotAsync(bool once, CancellationToken cancellationToken)
    {
        var lease = _slots.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        var limit = once && MaxWaitOnce < Settings.TotalTimeout ? MaxWaitOnce : Settings.TotalTimeout;
        using var timer = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await _slots.AcquireAsync(1, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return lease;
        }
    }

    // Null leaves the delay to the strategy. A Retry-After replaces it, but is never shorter than the back-off.
    private static TimeSpan? Lengthened(RetryDelayGeneratorArguments<Attempt> arguments, DeliverySettings settings)
    {
        if (arguments.Outcome.Result?.RetryAfter is not { } retryAfter)
        {
            return null;
        }

        var backoff = RetryRules.Backoff(settings.Delay, settings.MaxDelay, arguments.AttemptNumber);
        return retryAfter > backoff ? retryAfter : backoff;
    }
}
