namespace Acrobits.InvitationNotifier;

/// <summary>Options of the circuit breaker, which stops requests to a web service that keeps failing.</summary>
/// <remarks>
/// While the circuit is open, notifications end as <see cref="NotificationOutcome.Suspended"/>. After the break, one attempt
/// probes the web service: success closes the circuit, failure opens it for another break. Each web service has its own
/// circuit, even if several share a host. A 429 response does not count as a failure.
/// </remarks>
public sealed class CircuitBreakerOptions
{
    /// <summary>The ratio of failed attempts that opens the circuit. Above 0, at most 1; default 0.5.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>The minimum number of attempts in the window before the circuit can open. At least 2; default 10.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>The length of the sliding window in which attempts are counted. 500 ms to 1 day; default 30 s.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the circuit stays open before one attempt probes the web service. 500 ms to 1 day; default 30 s.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);
}
