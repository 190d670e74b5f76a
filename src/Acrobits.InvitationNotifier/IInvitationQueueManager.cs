namespace Acrobits.InvitationNotifier;

/// <summary>Administers a durable queue: shows what is in it, and requeues or discards dead letters. Thread-safe.</summary>
/// <remarks>
/// <para>
/// A dead letter is an invitation whose redelivery schedule is exhausted, or a message that cannot be read. It stays in the queue
/// until an operator requeues or discards it, or until it is older than the retention of the queue. An invitation that the provider
/// refuses for good is no dead letter.
/// </para>
/// <para>
/// The queue in PostgreSQL also throws the exceptions of Npgsql, for instance if the database is down. Its manager needs no running
/// host. The queue in memory has no manager.
/// </para>
/// </remarks>
public interface IInvitationQueueManager
{
    /// <summary>Returns what waits in the queue, by network.</summary>
    /// <remarks>It counts all messages of the queue.</remarks>
    /// <param name="networkId">The network; null for all networks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// An entry for each network with invitations in the queue, ordered by network id, and one without a network for other messages.
    /// </returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet, or was not upgraded.</exception>
    Task<IReadOnlyList<InvitationQueueStatus>> GetStatusAsync(string? networkId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns what waits in the queue in all networks together, for probes and metrics: it takes little time, however much that
    /// is.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The total, without a network. Counts in a database stop at 10,000: that number stands for as many or more.
    /// </returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet, or was not upgraded.</exception>
    async Task<InvitationQueueStatus> GetTotalAsync(CancellationToken cancellationToken = default)
    {
        var networks = await GetStatusAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return new InvitationQueueStatus(
            null,
            networks.Sum(network => network.Ready),
            networks.Sum(network => network.Deferred),
            networks.Min(network => network.DeferredUntil),
            networks.Sum(network => network.Dead))
        {
            ReadySince = networks.Min(network => network.ReadySince),
        };
    }

    /// <summary>Returns dead invitations and why they are dead, the oldest first.</summary>
    /// <param name="filter">Which ones; null for all of them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The dead letters, without phone numbers and user names.</returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet, or was not upgraded.</exception>
    IAsyncEnumerable<DeadInvitation> GetDeadAsync(DeadInvitationFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Requeues dead letters. Their redelivery schedule starts again; their <see cref="Invitation.Id"/> stays the same.
    /// </summary>
    /// <remarks>
    /// The call can run while invitations are delivered, several times at once, and be interrupted: each dead letter is requeued
    /// once. What becomes a dead letter after the call has started stays one.
    /// </remarks>
    /// <param name="filter">Which ones. A filter without conditions stands for all of them.</param>
    /// <param name="cancellationToken">Cancels the call. What was requeued until then stays in the queue.</param>
    /// <returns>How many were requeued.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The queue does not exist yet, or was not upgraded.</exception>
    Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Deletes dead letters. They are never delivered.</summary>
    /// <param name="filter">Which ones. A filter without conditions deletes all of them.</param>
    /// <param name="cancellationToken">Cancels the call. What was deleted until then stays deleted.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The queue does not exist yet, or was not upgraded.</exception>
    Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default);
}
