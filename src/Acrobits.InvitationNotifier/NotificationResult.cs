using System.Net;
using Acrobits.InvitationNotifier.Delivery;

namespace Acrobits.InvitationNotifier;

/// <summary>What became of one invitation: the outcome of <see cref="IInvitationNotifier.NotifyAsync"/>.</summary>
public sealed record NotificationResult
{
    /// <summary>How the delivery ended.</summary>
    public required NotificationOutcome Outcome { get; init; }

    /// <summary>Whether the provider confirmed the invitation with a 204.</summary>
    public bool IsSuccess => Outcome == NotificationOutcome.Delivered;

    /// <summary>The status of the last answer, or <see langword="null"/> where the last attempt had none.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>How many attempts were made, one that the egress guard stopped included; 0 where there was none.</summary>
    public int Attempts { get; init; }

    /// <summary>The time from the call to the result, waiting for a free slot and between attempts included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>
    /// Whether a later delivery of the same invitation could succeed: there was no usable answer, the destination is
    /// suspended, or the provider's status asks for another try (408, 429, 500, 502, 503 or 504).
    /// </summary>
    public bool IsTransient => Outcome switch
    {
        NotificationOutcome.Unreachable or NotificationOutcome.Suspended => true,
        NotificationOutcome.Rejected => StatusCode is { } status && RetryRules.IsTransient(status),
        _ => false,
    };

    /// <summary>
    /// How long to wait at least before another delivery: what the provider asked for in <c>Retry-After</c>
    /// (RFC 9110, section 10.2.3), or what is left of an open circuit's break. <see langword="null"/> where neither is known.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Why there was no usable answer, or why nothing was sent; <see langword="null"/> where the provider answered, and where
    /// there is none. It holds no part of the invitation, of the request or of the provider's response but the host, its
    /// address and port.
    /// </summary>
    public Exception? Exception { get; init; }
}
