namespace Acrobits.InvitationNotifier;

/// <summary>
/// Options of the queue in memory. Of these, durable queues use <see cref="Redelivery"/>. The one in PostgreSQL also uses
/// <see cref="MaxConcurrentDeliveriesPerNetwork"/> and <see cref="EnqueueTimeout"/>.
/// </summary>
public sealed class InvitationQueueOptions
{
    /// <summary>
    /// The maximum number of invitations whose first delivery has not ended. If it is reached,
    /// <see cref="IInvitationQueue.EnqueueAsync"/> waits. At least 1; default 10,000.
    /// </summary>
    /// <remarks>
    /// Redeliveries have a separate capacity of the same size. If that is full, an invitation whose first delivery failed is
    /// dropped.
    /// </remarks>
    public int Capacity { get; set; } = 10_000;

    /// <summary>The capacity for the invitations of one network. At least 1; default 1,000.</summary>
    /// <remarks>
    /// It applies to first deliveries and to redeliveries separately. It prevents a network whose provider is down from filling
    /// the queue.
    /// </remarks>
    public int CapacityPerNetwork { get; set; } = 1_000;

    /// <summary>The maximum number of concurrent deliveries for one network. At least 1; default 32.</summary>
    /// <remarks>
    /// <see cref="InvitationNotifierOptions.MaxConcurrentRequests"/> limits the requests to a destination in addition.
    /// </remarks>
    public int MaxConcurrentDeliveriesPerNetwork { get; set; } = 32;

    /// <summary>
    /// How long <see cref="IInvitationQueue.EnqueueAsync"/> waits for capacity, or in PostgreSQL for the start of the queue, before
    /// it throws a <see cref="TimeoutException"/>. 0 to 24 hours; default 10 s.
    /// </summary>
    public TimeSpan EnqueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The schedule of redeliveries after transient failures. Default: <see cref="RedeliverySchedule.Default"/>.
    /// </summary>
    public RedeliverySchedule Redelivery { get; set; } = RedeliverySchedule.Default;
}
