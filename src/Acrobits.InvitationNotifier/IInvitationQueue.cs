namespace Acrobits.InvitationNotifier;

/// <summary>
/// Takes invitations to be delivered in the background, so that whoever creates one never waits for a provider. What an
/// accepted invitation is safe from depends on the queue: see <c>AddInvitationQueue</c> for the one in memory, and the
/// package Acrobits.InvitationNotifier.Rebus for durable ones. Safe to share between threads.
/// </summary>
public interface IInvitationQueue
{
    /// <summary>Hands one invitation over. It is the queue's once the call has completed.</summary>
    /// <remarks>
    /// A durable queue also throws what its transport throws, for instance where the database is down. The invitation may
    /// then have been accepted or not; enqueued again with the same <see cref="Invitation.Id"/>, it can be told as a repetition.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <param name="cancellationToken">Ends the wait for room in the queue; what is accepted stays accepted.</param>
    /// <returns>A task that completes when the invitation is accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the invitation was accepted.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The queue in memory was full for <see cref="InvitationQueueOptions.EnqueueTimeout"/>. The invitation was not accepted.
    /// </exception>
    /// <exception cref="InvalidOperationException">The queue shuts down, or has done so.</exception>
    ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default);
}
