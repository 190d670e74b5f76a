using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Polly's part of a delivery: the timeouts and the delays between attempts. It has no state.</summary>
internal sealed class DeliveryStrategies(TimeProvider time)
{
    // A timeout of zero or less would mean no limit.
    private static readonly TimeSpan LeastTimeLeft = TimeSpan.FromMilliseconds(1);
    private static readonly ResiliencePropertyKey<TimeSpan> TimeLeft = new("time-left");

    private readonly ResiliencePipeline<Attempt> _repetition = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
        .AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = static arguments => new(arguments.Context.Properties.GetValue(TimeLeft, LeastTimeLeft)),
        })
        .AddRetry(new RetryStrategyOptions<Attempt>
        {
            // RetryPolicy decides, and has its own bound.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = static arguments => new(arguments.Outcome.Result is { RetryDelay: not null }),
            DelayGenerator = static arguments => new(arguments.Outcome.Result?.RetryDelay),
        })
        .Build();

    private volatile Timed _attempt = new(TimeSpan.Zero, ResiliencePipeline<Attempt>.Empty);

    /// <summary>Makes attempts until one has no <see cref="Attempt.RetryDelay"/>, or the time is over.</summary>
    public ValueTask<Outcome<Attempt>> RepeatAsync(
        TimeSpan timeLeft, Func<ResilienceContext, ValueTask<Outcome<Attempt>>> attempt, ResilienceContext context)
    {
        context.Properties.Set(TimeLeft, timeLeft > LeastTimeLeft ? timeLeft : LeastTimeLeft);
        return _repetition.ExecuteOutcomeAsync(static (context, attempt) => attempt(context), context, attempt);
    }

    /// <summary>The timeout of one attempt. The first one has no total timeout around it.</summary>
    public ResiliencePipeline<Attempt> AttemptTimeout(DeliverySettings settings)
    {
        var timeout = settings.AttemptTimeout < settings.TotalTimeout ? settings.AttemptTimeout : settings.TotalTimeout;
        var known = _attempt;
        if (known.Timeout != timeout)
        {
            var pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }.AddTimeout(timeout).Build();
            _attempt = known = new(timeout, pipeline);
        }

        return known.Pipeline;
    }

    private sealed record Timed(TimeSpan Timeout, ResiliencePipeline<Attempt> Pipeline);
}
