namespace Acrobits.InvitationNotifier;

/// <summary>Options of the delivery log in PostgreSQL. They are read when it is registered.</summary>
public sealed class PostgreSqlInvitationDeliveryLogOptions
{
    /// <summary>The schema of the table. It is created if it does not exist. Default: <c>public</c>.</summary>
    public string Schema { get; set; } = "public";

    /// <summary>
    /// The table. It is created if it does not exist. Letters, digits and underscores, at most 40, no digit first. Default:
    /// <c>invitation_deliveries</c>.
    /// </summary>
    public string Table { get; set; } = "invitation_deliveries";

    /// <summary>How long deliveries are kept. One minute to 36,500 days; default 30 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
