namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>An immutable copy of the options that deliveries use.</summary>
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
    int MaxQueuedRequests,
    double? MaxRequestsPerSecond)
{
    public static DeliverySettings From(InvitationNotifierOptions options) => new(
        options.AttemptTimeout,
        options.TotalTimeout,
        options.Retry.MaxRetryAttempts,
        options.Retry.Delay,
        options.Retry.MaxDelay,
        options.Retry.UseJitter,
        options.CircuitBreaker.FailureRatio,
        options.CircuitBreaker.MinimumThroughput,
        options.CircuitBreaker.SamplingDuration,
        options.CircuitBreaker.BreakDuration,
        options.MaxConcurrentRequests,
        options.MaxQueuedRequests,
        options.MaxRequestsPerSecond);
}
