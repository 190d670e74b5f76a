namespace Acrobits.InvitationNotifier;

/// <summary>Options of the durable queue in PostgreSQL. They are read when the queue is registered.</summary>
public sealed class PostgreSqlInvitationQueueOptions
{
    private InvitationQueueOptions _configured = new();

    /// <summary>
    /// The name of the queue, case-sensitive. Processes with the same queue in the same table share its work. Invitations under a
    /// former name stay in the table. Default: <c>invitations</c>.
    /// </summary>
    public string QueueName { get; set; } = "invitations";

    /// <summary>
    /// The name under which the table keeps dead letters. Each queue needs its own. Default: the name of the queue, followed by
    /// <c>-dead</c>.
    /// </summary>
    public string? DeadLetterQueueName { get; set; }

    /// <summary>
    /// The schema of the table. It is created if it does not exist. Letters, digits and underscores, at most 40, no digit first.
    /// Default: <c>public</c>.
    /// </summary>
    public string Schema { get; set; } = "public";

    /// <summary>
    /// The table. It is created if it does not exist; a table that Rebus has created is upgraded. Letters, digits and
    /// underscores, at most 40, no digit first. Default: <c>invitation_messages</c>.
    /// </summary>
    public string Table { get; set; } = "invitation_messages";

    /// <summary>
    /// Whether this process delivers what is in the queue. If <see langword="false"/>, it only enqueues, and needs neither
    /// <c>AddInvitationNotifier</c> nor a way to the providers. Default: <see langword="true"/>.
    /// </summary>
    public bool Deliver { get; set; } = true;

    /// <summary>The maximum number of concurrent deliveries in this process, of all networks. 1 to 1,000; default 128.</summary>
    /// <remarks>A delivery holds no database connection.</remarks>
    public int MaxConcurrentDeliveries { get; set; } = 128;

    /// <summary>
    /// The maximum number of concurrent deliveries for one network in this process. If <see langword="null"/> (the default),
    /// <c>Queue:MaxConcurrentDeliveriesPerNetwork</c> of the notifier's configuration is used, which is 32 by default. At least 1.
    /// </summary>
    /// <remarks>
    /// As long as it is lower than <see cref="MaxConcurrentDeliveries"/>, a provider that answers slowly leaves capacity to the
    /// others.
    /// </remarks>
    public int? MaxConcurrentDeliveriesPerNetwork { get; set; }

    /// <summary>
    /// The schedule of redeliveries after transient failures. If <see langword="null"/> (the default), <c>Queue:Redelivery</c> of
    /// the notifier's configuration is used.
    /// </summary>
    public RedeliverySchedule? Redelivery { get; set; }

    /// <summary>
    /// How long dead letters are kept, or <see langword="null"/> (the default) to keep them until they are requeued or discarded.
    /// Processes that deliver delete older ones each minute, and log it. One minute to 36,500 days.
    /// </summary>
    public TimeSpan? DeadLetterRetention { get; set; }

    /// <summary>
    /// How long an invitation is reserved for the process that has taken it. The process renews the reservation while it
    /// delivers. If the process dies or loses its connection, another one delivers the invitation within this time. 5 seconds to
    /// 1 hour; default 30 seconds.
    /// </summary>
    /// <remarks>
    /// With a short time, a process that is suspended causes duplicates. With a long one, invitations of a dead process wait long.
    /// </remarks>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What happens if the database cannot be reached when the host starts. <see langword="true"/> (the default): the host
    /// starts, a warning is logged, and the queue retries until the database answers. <see langword="false"/>: the host fails to
    /// start. A database that refuses the connection, for instance because of a wrong password, always fails the start.
    /// </summary>
    public bool WaitForDatabase { get; set; } = true;

    /// <summary>
    /// How long <see cref="IInvitationQueue.EnqueueAsync"/> waits for the queue to start before it throws a
    /// <see cref="TimeoutException"/>, for instance while the database cannot be reached at start. If <see langword="null"/> (the
    /// default), <c>Queue:EnqueueTimeout</c> of the notifier's configuration is used, which is 10 s by default. 0 to 24 hours.
    /// </summary>
    public TimeSpan? EnqueueTimeout { get; set; }

    /// <summary>
    /// Whether the connection string leads to a connection pooler that hands out a connection for one transaction at a time,
    /// such as PgBouncer with <c>pool_mode = transaction</c>. Statements are then not prepared. Default: <see langword="false"/>.
    /// </summary>
    /// <remarks>No effect on a data source of the application: set its <c>Max Auto Prepare</c> to 0.</remarks>
    public bool UsesConnectionPooler { get; set; }

    internal int MostPerNetwork => MaxConcurrentDeliveriesPerNetwork ?? _configured.MaxConcurrentDeliveriesPerNetwork;

    internal TimeSpan StartTimeout => EnqueueTimeout ?? _configured.EnqueueTimeout;

    internal string DeadLetterQueue => DeadLetterQueueName ?? QueueName + "-dead";

    /// <summary>Takes what the application has not set from the notifier's configuration.</summary>
    internal void Complete(InvitationQueueOptions configured) => _configured = configured;
}
