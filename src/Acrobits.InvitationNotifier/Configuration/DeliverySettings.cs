using System.Globalization;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// The options that a destination's pipeline is built from, copied so that a change to them is seen by comparing.
/// </summary>
internal sealed record DeliverySettings(
    TimeSpan AttemptTimeout,
    TimeSpan TotalTimeout,
    int MaxRetryAttempts,
    TimeSpan Delay,
    TimeSpan MaxDelay,
    bool UseJitter,
    double FailureRatio,
    int MinimumThroughput,
    TimeSpan SamplingDuration,
    TimeSpan BreakDuration,
    int MaxConcurrentRequests,
    int MaxQueuedRequests)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Takes the options over, with what is out of range added to the problems.</summary>
    public static DeliverySettings Compile(InvitationNotifierOptions options, Problems problems)
    {
        const string Retry = nameof(options.Retry);
        const string Breaker = nameof(options.CircuitBreaker);
        var retry = options.Retry ?? new RetryOptions();
        var breaker = options.CircuitBreaker ?? new CircuitBreakerOptions();

        // The bounds are those of the strategies that the values go to.
        CheckTime(nameof(options.AttemptTimeout), options.AttemptTimeout, TimeSpan.FromMilliseconds(10));
        CheckTime(nameof(options.TotalTimeout), options.TotalTimeout, TimeSpan.FromMilliseconds(10));
        CheckNumber($"{Retry}:{nameof(retry.MaxRetryAttempts)}", retry.MaxRetryAttempts, 0);
        CheckTime($"{Retry}:{nameof(retry.Delay)}", retry.Delay, TimeSpan.Zero);
        CheckTime($"{Retry}:{nameof(retry.MaxDelay)}", retry.MaxDelay, TimeSpan.Zero);
        if (!(breaker.FailureRatio is > 0 and <= 1))
        {
            problems.Add($"{Breaker}:{nameof(breaker.FailureRatio)}", "is out of range. Use a number above 0 and at most 1");
        }

        CheckNumber($"{Breaker}:{nameof(breaker.MinimumThroughput)}", breaker.MinimumThroughput, 2);
        CheckTime($"{Breaker}:{nameof(breaker.SamplingDuration)}", breaker.SamplingDuration, TimeSpan.FromMilliseconds(500));
        CheckTime($"{Breaker}:{nameof(breaker.BreakDuration)}", breaker.BreakDuration, TimeSpan.FromMilliseconds(500));
        CheckNumber(nameof(options.MaxConcurrentRequests), options.MaxConcurrentRequests, 1);
        CheckNumber(nameof(options.MaxQueuedRequests), options.MaxQueuedRequests, 0);

        return new DeliverySettings(
            options.AttemptTimeout,
            options.TotalTimeout,
            retry.MaxRetryAttempts,
            retry.Delay,
            retry.MaxDelay,
            retry.UseJitter,
            breaker.FailureRatio,
            breaker.MinimumThroughput,
            breaker.SamplingDuration,
            breaker.BreakDuration,
            options.MaxConcurrentRequests,
            options.MaxQueuedRequests);

        void CheckTime(string key, TimeSpan value, TimeSpan least)
        {
            if (value < least || value > Day)
            {
                problems.Add(key, $"{value:c} is out of range. Use a time (hh:mm:ss) from {least:c} to 24 hours (1.00:00:00)");
            }
        }

        void CheckNumber(string key, int value, int least)
        {
            if (value < least)
            {
                problems.Add(key, string.Create(CultureInfo.InvariantCulture, $"{value} is out of range. Use {least} or more"));
            }
        }
    }
}
