namespace Acrobits.InvitationNotifier;

/// <summary>The queue in memory.</summary>
public sealed class InvitationQueueOptions
{
    /// <summary>
    /// How many invitations may wait for their first delivery or be under way; where there are as many,
    /// <see cref="IInvitationQueue.EnqueueAsync"/> waits. As many again may wait for a redelivery; what goes beyond that is
    /// dropped. At least 1; default 10,000.
    /// </summary>
    public int Capacity { get; set; } = 10_000;

    /// <summary>
    /// How many of each may belong to one network, so that one whose provider is down leaves room for the others.
    /// At least 1; default 1,000.
    /// </summary>
    public int CapacityPerNetwork { get; set; } = 1_000;

    /// <summary>
    /// How many invitations of one network are delivered at a time, at most;
    /// <see cref="InvitationNotifierOptions.MaxConcurrentRequests"/> holds besides. At least 1; default 32.
    /// </summary>
    public int MaxConcurrentDeliveriesPerNetwork { get; set; } = 32;

    /// <summary>
    /// How long <see cref="IInvitationQueue.EnqueueAsync"/> waits while the queue is full, before it throws a
    /// <see cref="TimeoutException"/>. 0 to 24 hours; default 10 s.
    /// </summary>
    public TimeSpan EnqueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When an invitation is delivered again whose delivery has failed for now. Default: <see cref="RedeliverySchedule.Default"/>.
    /// </summary>
    public RedeliverySchedule Redelivery { get; set; } = RedeliverySchedule.Default;
}
