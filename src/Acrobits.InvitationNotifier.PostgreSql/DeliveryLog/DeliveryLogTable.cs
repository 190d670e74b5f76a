using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>The table of a delivery log. It has no column for phone numbers and user names.</summary>
internal sealed class DeliveryLogTable(PostgreSqlInvitationDeliveryLogOptions options) : ITableScript
{
    /// <summary>
    /// How much of an id the indexes hold. PostgreSQL refuses rows whose values are too long for an index.
    /// </summary>
    public const int IndexedLength = 200;

    // Part of the name of the index that is created last, so a table that has it has all the rest.
    private const int Version = 1;

    public string Owner => "delivery log";

    public string Schema { get; } = options.Schema;

    public string Sql { get; } = $"{QueueTable.Quote(options.Schema)}.{QueueTable.Quote(options.Table)}";

    public string IsCurrent =>
        $"SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = to_regclass($1) AND indexrelid = to_regclass('{QueueTable.Quote(Schema)}.{LastIndex}'))";

    // A writer and its number identify an entry, so that one whose commit got no answer can be written again.
    public string CreateOrUpgrade => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"""
        CREATE TABLE IF NOT EXISTS {Sql} (
            writer bigint NOT NULL,
            number bigint NOT NULL,
            time timestamptz NOT NULL,
            event text NOT NULL,
            network_id text NOT NULL,
            invitation_id text,
            delivery int NOT NULL,
            outcome text,
            status_code int,
            reason text,
            attempts int NOT NULL,
            duration interval NOT NULL,
            progress text NOT NULL,
            next_delivery timestamptz,
            PRIMARY KEY (writer, number));
        CREATE INDEX IF NOT EXISTS {QueueTable.Quote(options.Table + "_network")} ON {Sql} (left(network_id, {IndexedLength}), time);
        CREATE INDEX IF NOT EXISTS {QueueTable.Quote(options.Table + "_invitation")} ON {Sql} (left(invitation_id, {IndexedLength}));
        CREATE INDEX IF NOT EXISTS {LastIndex} ON {Sql} (time);
        """);

    private string LastIndex { get; } = QueueTable.Quote(string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{options.Table}_time_v{Version}"));

    public string GrantSequence(string role) => "";

    public override string ToString() => $"{Schema}.{options.Table}";
}
