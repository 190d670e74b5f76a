namespace Acrobits.InvitationNotifier;

/// <summary>Specifies what follows a delivery.</summary>
public enum NotificationProgress
{
    /// <summary>
    /// Nothing follows: the result is final, or the delivery was a call of <see cref="IInvitationNotifier.NotifyAsync"/>, whose
    /// caller has the result.
    /// </summary>
    Completed,

    /// <summary>
    /// The delivery failed, and the queue delivers the invitation again at <see cref="NotificationReport.NextDelivery"/>.
    /// </summary>
    Deferred,

    /// <summary>
    /// The delivery failed, and the redelivery schedule is exhausted. A durable queue keeps the invitation as a dead letter.
    /// </summary>
    GivenUp,

    /// <summary>
    /// The queue in memory lost the invitation, because it has no capacity for its redelivery or because the host stopped.
    /// </summary>
    Dropped,
}
