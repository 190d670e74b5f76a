using System.Net;

namespace Acrobits.InvitationNotifier;

/// <summary>Represents one delivery in an <see cref="IDeliveryLog"/>. It holds no phone number and no user name.</summary>
public sealed record DeliveryLogEntry
{
    /// <summary>When the delivery ended.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The event of the invitation.</summary>
    public required InvitationEvent Event { get; init; }

    /// <summary>The network id of the invitation.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The <see cref="Invitation.Id"/>.</summary>
    public string? InvitationId { get; init; }

    /// <summary>The number of the delivery: 1 for the first one.</summary>
    public int Delivery { get; init; } = 1;

    /// <summary>
    /// The outcome. <see langword="null"/> if the application's own code threw an exception, or the queue stopped before there
    /// was an outcome.
    /// </summary>
    public NotificationOutcome? Outcome { get; init; }

    /// <summary>The status of the last response, if there was one.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The reason for the outcome, as a sentence for people.</summary>
    public string? Reason { get; init; }

    /// <summary>The number of attempts.</summary>
    public int Attempts { get; init; }

    /// <summary>How long the delivery took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What followed the delivery.</summary>
    public required NotificationProgress Progress { get; init; }

    /// <summary>The earliest time of the next delivery, if one follows.</summary>
    public DateTimeOffset? NextDelivery { get; init; }
}
