namespace Acrobits.InvitationNotifier;

/// <summary>Represents one delivery of an invitation, and what follows it.</summary>
/// <remarks>Its text holds no phone number and no user name, so a report can be logged.</remarks>
public sealed record NotificationReport
{
    /// <summary>The invitation. It has an <see cref="Invitation.Id"/>, which is the same in each delivery.</summary>
    public required Invitation Invitation { get; init; }

    /// <summary>
    /// The result of the delivery. <see langword="null"/> if the application's own code threw an exception, such as an
    /// <see cref="IInvitationEndpointProvider"/>, or if the queue stopped before the delivery had a result.
    /// </summary>
    public NotificationResult? Result { get; init; }

    /// <summary>The number of this delivery: 1 for the first one. Default: 1.</summary>
    public int Delivery { get; init; } = 1;

    /// <summary>What follows the delivery.</summary>
    public required NotificationProgress Progress { get; init; }

    /// <summary>
    /// The earliest time of the next delivery, if <see cref="Progress"/> is <see cref="NotificationProgress.Deferred"/>;
    /// otherwise <see langword="null"/>.
    /// </summary>
    public DateTimeOffset? NextDelivery { get; init; }

    /// <summary>When the delivery ended.</summary>
    public required DateTimeOffset Time { get; init; }
}
