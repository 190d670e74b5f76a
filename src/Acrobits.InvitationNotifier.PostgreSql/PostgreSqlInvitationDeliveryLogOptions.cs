namespace Acrobits.InvitationNotifier;

/// <summary>Options of the delivery log in PostgreSQL. They are read when it is registered.</summary>
public sealed class PostgreSqlInvitationDeliveryLogOptions
{
    private TimeSpan? _retention;

    /// <summary>The schema of the table. It is created if it does not exist. Default: <c>public</c>.</summary>
    public string Schema { get; set; } = "public";

    /// <summary>
    /// The table. It is created if it does not exist. Letters, digits and underscores, at most 40, no digit first. Default:
    /// <c>invitation_deliveries</c>.
    /// </summary>
    public string Table { get; set; } = "invitation_deliveries";

    /// <summary>How long deliveries are kept. One minute to 36,500 days; default 30 days.</summary>
    /// <remarks>
    /// Each process that has deliveries, or that sets this option, deletes older ones every minute, whichever process has written
    /// them: use one value in all of them. A process that only asks, such as a dashboard, and leaves the default deletes nothing.
    /// </remarks>
    public TimeSpan Retention
    {
        get => _retention ?? TimeSpan.FromDays(30);
        set => _retention = value;
    }

    internal bool IsRetentionSet => _retention is not null;
}
