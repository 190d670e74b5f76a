using System.Globalization;
using System.Net;
using Npgsql;
using NpgsqlTypes;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>The deliveries in the table.</summary>
internal sealed class DeliveryLogStore(NpgsqlDataSource database, DeliveryLogTable table)
{
    // Rows are deleted in steps, so that no transaction is long.
    private const int Step = 10_000;

    private const string Columns =
        "time, event, network_id, invitation_id, delivery, outcome, status_code, reason, attempts, duration, progress, next_delivery";

    // The name of this process in the column "writer".
    private readonly long _self = Random.Shared.NextInt64();

    private readonly string _insert =
        $"""
        INSERT INTO {table.Sql} (writer, number, {Columns})
        SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT DO NOTHING
        """;

    private readonly string _expire = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        DELETE FROM {table.Sql} WHERE ctid = ANY (ARRAY (
            SELECT ctid FROM {table.Sql} WHERE time < now() - $1 ORDER BY time LIMIT {Step} FOR UPDATE SKIP LOCKED))
        """);

    /// <summary>Writes entries: all of them, or none if an exception is thrown. Those that are there already stay.</summary>
    public async Task InsertAsync(IReadOnlyList<NumberedEntry> entries, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_insert);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _self });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. entries.Select(one => one.Number)] });
        Add(NpgsqlDbType.TimestampTz, entry => entry.Time.ToUniversalTime());
        Add(NpgsqlDbType.Text, entry => entry.Event.ToString());
        Add(NpgsqlDbType.Text, entry => Storable(entry.NetworkId));
        Add(NpgsqlDbType.Text, entry => Storable(entry.InvitationId));
        Add(NpgsqlDbType.Integer, entry => entry.Delivery);
        Add(NpgsqlDbType.Text, entry => entry.Outcome?.ToString());
        Add(NpgsqlDbType.Integer, entry => (int?)entry.StatusCode);
        Add(NpgsqlDbType.Text, entry => Storable(entry.Reason));
        Add(NpgsqlDbType.Integer, entry => entry.Attempts);
        Add(NpgsqlDbType.Interval, entry => entry.Duration);
        Add(NpgsqlDbType.Text, entry => entry.Progress.ToString());
        Add(NpgsqlDbType.TimestampTz, entry => entry.NextDelivery?.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        void Add<T>(NpgsqlDbType type, Func<DeliveryLogEntry, T> value) => command.Parameters.Add(new NpgsqlParameter<T[]>
        {
            TypedValue = [.. entries.Select(one => value(one.Entry))],
            NpgsqlDbType = NpgsqlDbType.Array | type,
        });
    }

    /// <summary>The entries that match, newest first.</summary>
    public async Task<List<DeliveryLogEntry>> ReadAsync(DeliveryLogQuery query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand("");
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = Select(command.Parameters, query);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<DeliveryLogEntry> entries = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                entries.Add(Read(reader));
            }

            return entries;
        }
    }

    /// <summary>Deletes the entries that are older than the retention.</summary>
    public async Task ExpireAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            var command = database.CreateCommand(_expire);
            await using var _ = command.ConfigureAwait(false);
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
            count = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        while (count == Step);
    }

    // Only the conditions that are set, because one that can be null hides the index from the planner.
    private string Select(NpgsqlParameterCollection parameters, DeliveryLogQuery query)
    {
        List<string> conditions = [];
        if (query.NetworkId is { } networkId)
        {
            AddId("network_id", networkId);
        }

        if (query.InvitationId is { } invitationId)
        {
            AddId("invitation_id", invitationId);
        }

        AddIf(query.Event?.ToString(), "event =");
        AddIf(query.Outcome?.ToString(), "outcome =");
        AddIf(query.Progress?.ToString(), "progress =");
        AddIf(query.From?.ToUniversalTime(), "time >=");
        AddIf(query.To?.ToUniversalTime(), "time <");
        var where = conditions is [] ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        return $"SELECT {Columns} FROM {table.Sql} {where} ORDER BY time DESC, number DESC, writer LIMIT {Parameter(query.Limit)} OFFSET {Parameter(query.Skip)}";

        void AddId(string column, string id)
        {
            var parameter = Parameter(Storable(id));
            conditions.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"left({column}, {DeliveryLogTable.IndexedLength}) = left({parameter}, {DeliveryLogTable.IndexedLength}) AND {column} = {parameter}"));
        }

        void AddIf<T>(T? value, string comparison)
        {
            if (value is not null)
            {
                conditions.Add($"{comparison} {Parameter(value)}");
            }
        }

        string Parameter<T>(T value)
        {
            parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
        }
    }

    private static DeliveryLogEntry Read(NpgsqlDataReader row) => new()
    {
        Time = row.GetFieldValue<DateTimeOffset>(0),
        Event = Enum.Parse<InvitationEvent>(row.GetString(1)),
        NetworkId = row.GetString(2),
        InvitationId = row.IsDBNull(3) ? null : row.GetString(3),
        Delivery = row.GetInt32(4),
        Outcome = row.IsDBNull(5) ? null : Enum.Parse<NotificationOutcome>(row.GetString(5)),
        StatusCode = row.IsDBNull(6) ? null : (HttpStatusCode)row.GetInt32(6),
        Reason = row.IsDBNull(7) ? null : row.GetString(7),
        Attempts = row.GetInt32(8),
        Duration = row.GetFieldValue<TimeSpan>(9),
        Progress = Enum.Parse<NotificationProgress>(row.GetString(10)),
        NextDelivery = row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
    };

    // PostgreSQL stores neither NUL nor half of a surrogate pair.
    private static string? Storable(string? text) => text is null
        ? null
        : string.Concat(text.EnumerateRunes().Select(static rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
}
