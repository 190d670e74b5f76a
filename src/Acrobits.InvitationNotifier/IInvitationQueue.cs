namespace Acrobits.InvitationNotifier;

/// <summary>Delivers invitations in the background, so that callers do not wait for a provider. Thread-safe.</summary>
/// <remarks>
/// <c>AddInvitationQueue</c> registers a queue in memory, whose invitations are lost if the process crashes.
/// <c>AddPostgreSqlInvitationQueue</c> (package Acrobits.InvitationNotifier.PostgreSql) registers a durable one.
/// <c>AddRebusInvitationQueue</c> (package Acrobits.InvitationNotifier.Rebus) registers one on any transport of Rebus.
/// </remarks>
public interface IInvitationQueue
{
    /// <summary>
    /// Adds an invitation to the queue. Once the call has completed, the queue is responsible for the delivery.
    /// </summary>
    /// <remarks>
    /// A durable queue also throws the exceptions of its transport, for instance if the database is down. The invitation may
    /// have been accepted all the same. Enqueue it again with the same <see cref="Invitation.Id"/>, so that the provider can
    /// recognize a duplicate.
    /// </remarks>
    /// <param name="invitation">The invitation.</param>
    /// <param name="cancellationToken">Cancels the wait for capacity. An accepted invitation stays in the queue.</param>
    /// <returns>A task that completes when the invitation is accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The queue cannot store the invitation: the one in PostgreSQL limits the length of values, and stores no U+0000.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the invitation was accepted.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The queue in memory had no free capacity, or the queue in PostgreSQL had not started, within
    /// <see cref="InvitationQueueOptions.EnqueueTimeout"/>. The invitation was not accepted.
    /// </exception>
    /// <exception cref="InvalidOperationException">The queue is shutting down or has shut down.</exception>
    ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default);
}
