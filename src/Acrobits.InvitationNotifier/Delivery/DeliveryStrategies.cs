using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The Polly pipelines of a delivery: the timeouts and the delays between attempts. Stateless.</summary>
internal sealed class DeliveryStrategies(TimeProvider time)
{
    // A timeout must be positive; zero or less would mean no limit.
    private static readonly TimeSpan LeastTimeLeft = TimeSpan.FromMilliseconds(1);
    private static readonly ResiliencePropertyKey<TimeSpan> TimeLeft = new("time-left");

    private readonly ResiliencePipeline<Attempt> _repetition = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
        .AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = static arguments => new(arguments.Context.Properties.GetValue(TimeLeft, LeastTimeLeft)),
        })
        .AddRetry(new RetryStrategyOptions<Attempt>
        {
            // RetryPolicy limits the number of retries.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = static arguments => new(arguments.Outcome.Result is { RetryDelay: not null }),
            DelayGenerator = static arguments => new(arguments.Outcome.Result?.RetryDelay),
        })
        .Build();

    private volatile Timed _attempt = new(TimeSpan.Zero, ResiliencePipeline<Attempt>.Empty);

    /// <summary>Makes attempts until one has no <see cref="Attempt.RetryDelay"/>, or the time has run out.</summary>
    public ValueTask<Outcome<Attempt>> RepeatAsync(
        TimeSpan timeLeft, Func<ResilienceContext, ValueTask<Outcome<Attempt>>> attempt, ResilienceContext context)
    {
        context.Properties.Set(TimeLeft, timeLeft > LeastTimeLeft ? timeLeft : LeastTimeLeft);
        return _repetition.ExecuteOutcomeAsync(static (context, attempt) => attempt(context), context, attempt);
    }

    /// <summary>Returns a pipeline with the timeout of one attempt, which is never longer than the total timeout.</summary>
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
