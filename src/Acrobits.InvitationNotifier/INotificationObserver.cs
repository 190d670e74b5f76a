namespace Acrobits.InvitationNotifier;

/// <summary>Receives a report of each delivery, for instance to mark rows of the application's own table.</summary>
/// <remarks>
/// <para>
/// Register observers with <c>AddNotificationObserver</c>. All observers get each report, at the same time. The notifier and
/// the queues wait for them. An observer that throws, or takes longer than 5 seconds, is logged; the delivery and the other
/// observers continue.
/// </para>
/// <para>
/// <see cref="IInvitationNotifier.NotifyAsync"/> makes one report for each call, and none if its caller cancels it.
/// <see cref="IInvitationNotifier.NotifyOnceAsync"/> makes none: the scheduler that calls it knows what happens next, and
/// reports. The queues report each delivery once. A durable queue reports before it settles the message, so that a crash
/// between the two repeats the report.
/// </para>
/// </remarks>
public interface INotificationObserver
{
    /// <summary>Called when a delivery has ended, or was dropped.</summary>
    /// <param name="report">The result of the delivery, and what follows.</param>
    /// <param name="cancellationToken">Canceled after 5 seconds.</param>
    /// <returns>A task that completes when the observer has handled the report.</returns>
    ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken);
}
