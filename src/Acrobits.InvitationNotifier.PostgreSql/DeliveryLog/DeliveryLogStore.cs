using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>The deliveries in the table.</summary>
internal sealed class DeliveryLogStore(NpgsqlDataSource database, DeliveryLogTable table)
{
    // Rows are deleted in steps, so that no transaction is long. They become smaller if the database is too slow for them.
    private const int Step = 10_000, SmallestStep = 100;

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

    private readonly string _expire =
        $"""
        DELETE FROM {table.Sql} WHERE ctid = ANY (ARRAY (
            SELECT ctid FROM {table.Sql} WHERE time < now() - $1 ORDER BY time LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    /// <summary>Writes entries: all of them, or none if an exception is thrown. Those that are there already stay.</summary>
    public async Task InsertAsync(IReadOnlyList<NumberedEntry> entries, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_insert);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _self });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. entries.Select(one => one.Number)] });
        Add(NpgsqlDbType.TimestampTz, entry => entry.Time.ToUniversalTime());
        Add(NpgsqlDbType.Text, entry => entry.Event.ToString());
        Add(NpgsqlDbType.Text, entry => StorableText.Of(entry.NetworkId));
        Add(NpgsqlDbType.Text, entry => StorableText.Of(entry.InvitationId));
        Add(NpgsqlDbType.Integer, entry => entry.Delivery);
        Add(NpgsqlDbType.Text, entry => entry.Outcome?.ToString());
        Add(NpgsqlDbType.Integer, entry => (int?)entry.StatusCode);
        Add(NpgsqlDbType.Text, entry => StorableText.Of(entry.Reason));
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
        var step = Step;
        while (true)
        {
            try
            {
                if (await ExpireAsync(retention, step, cancellationToken).ConfigureAwait(false) < step)
                {
                    return;
                }
            }
            catch (NpgsqlException exception) when (DatabaseError.IsTimeout(exception) && step > SmallestStep)
            {
                step /= 5;
            }
        }
    }

    private async Task<int> ExpireAsync(TimeSpan retention, int step, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_expire);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = step });
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
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
            var parameter = Parameter(StorableText.Of(id));
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
        Event = Value<InvitationEvent>(row.GetString(1)) ?? (InvitationEvent)(-1),
        NetworkId = row.GetString(2),
        InvitationId = row.GetTextOrNull(3),
        Delivery = row.GetInt32(4),
        Outcome = row.IsDBNull(5) ? null : Value<NotificationOutcome>(row.GetString(5)) ?? (NotificationOutcome)(-1),
        StatusCode = row.IsDBNull(6) ? null : (HttpStatusCode)row.GetInt32(6),
        Reason = row.GetTextOrNull(7),
        Attempts = row.GetInt32(8),
        Duration = row.GetFieldValue<TimeSpan>(9),
        Progress = Value<NotificationProgress>(row.GetString(10)) ?? (NotificationProgress)(-1),
        NextDelivery = row.GetTimeOrNull(11),
    };

    // Null for a value that only a later version of the library knows.
    private static T? Value<T>(string name)
        where T : struct, Enum => Enum.TryParse<T>(name, out var value) ? value : null;
}
