namespace Acrobits.InvitationNotifier;

/// <summary>
/// Tells the provider of a network that somebody was invited, through the web service that the provider runs.
/// Safe to share between threads and to keep for the lifetime of the application.
/// </summary>
public interface IInvitationNotifier
{
    /// <summary>Delivers one invitation to the web service of its network, with retries.</summary>
    /// <remarks>
    /// Delivery is at least once: where an answer is lost, the provider may see the invitation again. Whatever a
    /// provider does ends in a result, never in an exception. What an application's own
    /// <see cref="IInvitationEndpointProvider"/> throws is passed on.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <param name="cancellationToken">Stops the delivery. A request that has left may still have reached the provider.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration is wrong; the exception lists every problem.
    /// </exception>
    Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Delivers one invitation with one attempt at most, for callers that schedule later deliveries themselves: nothing is
    /// repeated, and where as many are under way to the destination as may be, the call waits for a tenth of a second at most,
    /// or not at all while others wait in vain.
    /// </summary>
    /// <remarks>An implementation that has no such way delivers as <see cref="NotifyAsync"/> does.</remarks>
    /// <inheritdoc cref="NotifyAsync"/>
    Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        NotifyAsync(invitation, cancellationToken);
}
