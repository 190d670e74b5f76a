namespace Acrobits.InvitationNotifier;

/// <summary>
/// Leaves a failing web service alone: after too many failed attempts nothing is sent to it until a break is over, and its
/// notifications are <see cref="NotificationOutcome.Suspended"/>. Other web services of the same host are not affected. A 429
/// does not count as a failure.
/// </summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>The share of failed attempts that opens the circuit. Above 0, at most 1; default 0.5.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many attempts there must be before the ratio counts. At least 2; default 10.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>The time over which the ratio is taken. 500 ms to 1 day; default 30 s.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one attempt is let through. 500 ms to 1 day; default 30 s.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);
}
