using System.Globalization;
using System.Net;

namespace Acrobits.InvitationNotifier.Testing;

/// <summary>
/// Creates the results that the notifier returns, with the reason, status and exception of a typical case. Change a property
/// with a <c>with</c> expression.
/// </summary>
public static class NotificationResults
{
    /// <summary>Creates the result of a provider that answered 204.</summary>
    /// <param name="attempts">The number of attempts, more than 1 after retries.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is less than 1.</exception>
    public static NotificationResult Delivered(int attempts = 1) => new()
    {
        Outcome = NotificationOutcome.Delivered,
        StatusCode = HttpStatusCode.NoContent,
        Attempts = Checked(attempts),
        Reason = "The provider confirmed the invitation with 204.",
    };

    /// <summary>
    /// Creates the result of a provider that answered something else. The status decides whether it is transient.
    /// </summary>
    /// <param name="status">The status of the last answer.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> of the answer.</param>
    /// <param name="attempts">The number of attempts, more than 1 after retries.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="status"/> is 204 or not a final status, <paramref name="retryAfter"/> is negative, or
    /// <paramref name="attempts"/> is less than 1.
    /// </exception>
    public static NotificationResult Rejected(HttpStatusCode status, TimeSpan? retryAfter = null, int attempts = 1) => new()
    {
        Outcome = NotificationOutcome.Rejected,
        StatusCode = (int)status is >= 200 and <= 999 && status != HttpStatusCode.NoContent
            ? status
            : throw new ArgumentOutOfRangeException(nameof(status), status, "Use a final status other than 204, which is Delivered."),
        Attempts = Checked(attempts),
        RetryAfter = Checked(retryAfter),
        Reason = string.Create(CultureInfo.InvariantCulture, $"The provider answered {(int)status} instead of 204."),
    };

    /// <summary>Creates the result of a provider that did not answer in time.</summary>
    /// <param name="attempts">The number of attempts, more than 1 after retries.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is less than 1.</exception>
    public static NotificationResult Unreachable(int attempts = 1)
    {
        var exception = new TimeoutException("The provider did not answer in time.");
        return new()
        {
            Outcome = NotificationOutcome.Unreachable,
            Attempts = Checked(attempts),
            Reason = exception.Message,
            Exception = exception,
        };
    }

    /// <summary>Creates the result of an address that the egress policy does not allow.</summary>
    /// <returns>The result.</returns>
    public static NotificationResult Blocked()
    {
        var exception = new IOException(
            "The destination's address 10.0.0.1 is in 10.0.0.0/8 (private, RFC 1918), which Egress:AllowedRanges does not allow.");
        return new() { Outcome = NotificationOutcome.Blocked, Attempts = 1, Reason = exception.Message, Exception = exception };
    }

    /// <summary>Creates the result of a web service to which nothing is sent now.</summary>
    /// <param name="retryAfter">
    /// The remaining time of a pause that the provider asked for, or <see langword="null"/> if the destination is at its
    /// concurrency limit.
    /// </param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="retryAfter"/> is negative.</exception>
    public static NotificationResult Suspended(TimeSpan? retryAfter = null)
    {
        var exception = new InvalidOperationException(Checked(retryAfter) is { } left
            ? $"The provider asked for a pause with Retry-After; nothing is sent for another {left:c}."
            : "The destination is at its concurrency limit, and no slot became free in time.");
        return new()
        {
            Outcome = NotificationOutcome.Suspended,
            RetryAfter = retryAfter,
            Reason = exception.Message,
            Exception = exception,
        };
    }

    /// <summary>Creates the result of a network without a web service for the event.</summary>
    /// <returns>The result.</returns>
    public static NotificationResult NotConfigured() => new()
    {
        Outcome = NotificationOutcome.NotConfigured,
        Reason = "The network has no web service for this event.",
    };

    /// <summary>Creates the result of a value that cannot be written where the template puts it.</summary>
    /// <returns>The result.</returns>
    public static NotificationResult Unrepresentable()
    {
        var exception = new FormatException("The value of %invitee% has a character that XML 1.0 does not allow.");
        return new() { Outcome = NotificationOutcome.Unrepresentable, Reason = exception.Message, Exception = exception };
    }

    private static int Checked(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        return attempts;
    }

    private static TimeSpan? Checked(TimeSpan? retryAfter) => retryAfter is { Ticks: < 0 }
        ? throw new ArgumentOutOfRangeException(nameof(retryAfter), retryAfter, "The time must not be negative.")
        : retryAfter;
}
