using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>What <see cref="DestinationPipeline"/> is made of, as Polly's strategies.</summary>
internal static class Strategies
{
    // A timeout of zero or less would mean no limit.
    private static readonly TimeSpan LeastTimeLeft = TimeSpan.FromMilliseconds(1);
    private static readonly ResiliencePropertyKey<TimeSpan> TimeLeft = new("time-left");

    /// <summary>What the first attempt leaves of the total timeout, for <see cref="Repetition"/>.</summary>
    public static void SetTimeLeft(ResilienceContext context, TimeSpan left) =>
        context.Properties.Set(TimeLeft, left > LeastTimeLeft ? left : LeastTimeLeft);

    /// <summary>Total timeout and retry.</summary>
    public static ResiliencePipeline<Attempt> Repetition(DeliverySettings settings, TimeProvider time)
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

    /// <summary>Circuit breaker.</summary>
    public static ResiliencePipeline<Attempt> Circuit(
        DeliverySettings settings, TimeProvider time, CircuitBreakerStateProvider state) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = settings.FailureRatio,
                MinimumThroughput = settings.MinimumThroughput,
                SamplingDuration = settings.SamplingDuration,
                BreakDuration = settings.BreakDuration,
                StateProvider = state,

                // What is not handled counts as a success, and one success after the break closes the circuit. An attempt
                // that its caller cancelled is none.
                ShouldHandle = arguments => new(arguments.Outcome.Result is { } attempt
                    ? attempt.IsFailure
                    : state.CircuitState == CircuitState.HalfOpen),
            })
            .Build();

    /// <summary>Attempt timeout. The first attempt has no total timeout around it.</summary>
    public static ResiliencePipeline<Attempt> AttemptTimeout(DeliverySettings settings, TimeProvider time) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddTimeout(settings.AttemptTimeout < settings.TotalTimeout ? settings.AttemptTimeout : settings.TotalTimeout)
            .Build();

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
