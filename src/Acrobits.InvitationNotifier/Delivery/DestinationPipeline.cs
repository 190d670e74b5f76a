using System.Threading.RateLimiting;
using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// What stands between the notifier and one destination, from the outside in: concurrency limit, total timeout, retry,
/// circuit breaker, attempt timeout.
/// </summary>
internal sealed class DestinationPipeline
{
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly ResiliencePipeline<Attempt> _pipeline;
    private readonly TimeProvider _time;
    private int _running;
    private long _lastUsed;

    public DestinationPipeline(DeliverySettings settings, TimeProvider time)
    {
        Settings = settings;
        _time = time;
        _lastUsed = time.GetTimestamp();
        _pipeline = Build(settings, time, _circuit);
    }

    public DeliverySettings Settings { get; }

    public bool IsCircuitOpen => _circuit.CircuitState is CircuitState.Open or CircuitState.HalfOpen;

    /// <summary>Whether nothing is under way, and all that the circuit breaker knows has passed its time.</summary>
    public bool IsForgotten => Volatile.Read(ref _running) == 0
        && _time.GetElapsedTime(Volatile.Read(ref _lastUsed)) > Settings.SamplingDuration + Settings.BreakDuration;

    /// <summary>Runs attempts until one is final or the pipeline ends them.</summary>
    public async ValueTask<Outcome<Attempt>> ExecuteAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> attempt, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        Interlocked.Increment(ref _running);
        try
        {
            return await _pipeline.ExecuteOutcomeAsync(attempt, context, state).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _lastUsed, _time.GetTimestamp());
            Interlocked.Decrement(ref _running);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline<Attempt> Build(
        DeliverySettings settings, TimeProvider time, CircuitBreakerStateProvider circuit)
    {
        var slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = settings.MaxConcurrentRequests,
            QueueLimit = settings.MaxQueuedRequests,
        });
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time };
        builder
            .AddRateLimiter(new RateLimiterStrategyOptions
            {
                RateLimiter = arguments => WaitForSlotAsync(slots, settings.TotalTimeout, time, arguments.Context.CancellationToken),
            })
            .AddTimeout(settings.TotalTimeout);

        // The strategy knows no "never".
        if (settings.MaxRetryAttempts > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Attempt>
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

        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = settings.FailureRatio,
                MinimumThroughput = settings.MinimumThroughput,
                SamplingDuration = settings.SamplingDuration,
                BreakDuration = settings.BreakDuration,
                StateProvider = circuit,

                // What is not handled counts as a success, and one success after the break closes the circuit. An attempt
                // that its caller cancelled is none.
                ShouldHandle = arguments => new(arguments.Outcome.Exception is null
                    ? arguments.Outcome.Result.IsFailure
                    : circuit.CircuitState == CircuitState.HalfOpen),
            })
            .AddTimeout(settings.AttemptTimeout)
            .Build();
    }

    // The wait has its limit too: a provider that is slow, and yet never fails, would hold up its callers for long.
    private static async ValueTask<RateLimitLease> WaitForSlotAsync(
        ConcurrencyLimiter slots, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var lease = slots.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await slots.AcquireAsync(1, both.Token).ConfigureAwait(false);
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
        if (arguments.Outcome.Result.RetryAfter is not { } retryAfter)
        {
            return null;
        }

        var backoff = RetryRules.Backoff(settings.Delay, settings.MaxDelay, arguments.AttemptNumber);
        return retryAfter > backoff ? retryAfter : backoff;
    }
}
