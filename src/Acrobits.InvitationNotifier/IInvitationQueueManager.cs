namespace Acrobits.InvitationNotifier;

/// <summary>Administers a durable queue: shows what is in it, and puts dead invitations back or removes them. Thread-safe.</summary>
/// <remarks>
/// A dead invitation is one that the queue has given up: its redelivery schedule is exhausted, or its message cannot be read. It
/// stays in the queue until an operator requeues or discards it. The queue in memory has no manager.
/// </remarks>
public interface IInvitationQueueManager
{
    /// <summary>Returns what waits in the queue, by network.</summary>
    /// <param name="networkId">The network; null for all networks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>An entry for each network with invitations in the queue, ordered by network id.</returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet.</exception>
    Task<IReadOnlyList<InvitationQueueStatus>> GetStatusAsync(string? networkId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns what waits in the queue in all networks together, for probes and metrics: it takes little time, however much that
    /// is.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The total, without a network. Counts in a database stop at 10,000: that number stands for as many or more.
    /// </returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet.</exception>
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
    /// <returns>The dead invitations, without phone numbers and user names.</returns>
    /// <exception cref="InvalidOperationException">The queue does not exist yet.</exception>
    IAsyncEnumerable<DeadInvitation> GetDeadAsync(DeadInvitationFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts dead invitations back into the queue. Their redelivery schedule starts again; their <see cref="Invitation.Id"/> stays
    /// the same.
    /// </summary>
    /// <remarks>
    /// The call can run while invitations are delivered, several times at once, and be interrupted: none is lost, and none is
    /// put back twice. Invitations that die after the call has started stay dead.
    /// </remarks>
    /// <param name="filter">Which ones. A filter without conditions stands for all of them.</param>
    /// <param name="cancellationToken">Cancels the call. What was put back until then stays in the queue.</param>
    /// <returns>How many were put back.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The queue does not exist yet.</exception>
    Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Deletes dead invitations. They are never delivered.</summary>
    /// <param name="filter">Which ones. A filter without conditions stands for all of them.</param>
    /// <param name="cancellationToken">Cancels the call. What was deleted until then stays deleted.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The queue does not exist yet.</exception>
    Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default);
}
