namespace Acrobits.InvitationNotifier;

/// <summary>
/// Notifies a network's web services that a user was invited or has joined. Instances are thread-safe and can be kept for the lifetime of
/// the application.
/// </summary>
public interface IInvitationNotifier
{
    /// <summary>Delivers one event of an invitation to its web service, with retries.</summary>
    /// <remarks>
    /// Delivery is at-least-once: if a response is lost, the provider can receive the invitation again. A failure of the
    /// provider is reported in the result and never thrown. Exceptions from the application's own
    /// <see cref="IInvitationEndpointProvider"/> or HTTP message handlers are passed on. Each <see cref="INotificationObserver"/>
    /// gets one report before the call completes, unless the caller cancels it.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <param name="cancellationToken">
    /// Cancels the delivery. A request that was already sent can still reach the provider.
    /// </param>
    /// <returns>The result of the delivery.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration is invalid. The exception lists every problem.
    /// </exception>
    Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a single delivery attempt. Use it when your own scheduler handles redelivery. If the destination is at its
    /// concurrency limit or its rate limit, waits up to 100 ms and then returns <see cref="NotificationOutcome.Suspended"/>.
    /// </summary>
    /// <remarks>
    /// If the last wait for the web service timed out, only one call at a time waits and the others return at once. The default
    /// implementation of the interface calls <see cref="NotifyAsync"/>. Observers get no report from this method: the scheduler
    /// that calls it knows what follows, and reports.
    /// </remarks>
    /// <inheritdoc cref="NotifyAsync"/>
    Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        ScheduledDelivery.NotifyAsync(this, invitation, cancellationToken);
}
