using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The messages of one queue in the database.</summary>
/// <remarks>
/// A message under way is leased: its column <c>visible</c> lies in the future and <c>lease</c> names the process. No transaction
/// stays open meanwhile, so a delivery takes as long as it takes, and a process that dies or falls silent only delays its
/// messages. A message that another process has leased since is not touched.
/// </remarks>
internal sealed class MessageStore(NpgsqlDataSource database, QueueTable table, TimeSpan lease)
{
    // A commit need not wait for the disk, because a message that a crash brings back is delivered again. Enqueuing does wait.
    private const string WithoutWaiting = "set_config('synchronous_commit', 'off', true)";

    // Nothing but an ordered index can serve these statements. Until the next ANALYZE of a table that has just grown, the planner
    // would not know.
    private const string TakeSettings =
        $"SELECT {WithoutWaiting}, set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)";

    private const string Columns = "id, headers, body, redeliveries, deliveries, network_id";

    // The column that follows them in the turn.
    private const int LastKey = 6;

    // At once. Each takes some microseconds.
    private const int NetworksVisited = 1000;

    // The name of this process in the column "lease".
    private readonly long _self = Random.Shared.NextInt64();

    private readonly string _insert =
        $"""
        INSERT INTO {table.Sql} (recipient, priority, expiration, visible, headers, body, event, network_id, invitation_id)
        VALUES ($1, 0, 'infinity', now(), $2, $3, $4, $5, $6)
        """;

    // The subquery is evaluated once, regardless of the number of rows that the planner expects.
    private readonly string _takeInOrder =
        $"""
        UPDATE {table.Sql} SET visible = now() + $3, lease = $4
        WHERE id = ANY (ARRAY (
            SELECT id FROM {table.Sql} WHERE recipient = $1 AND visible <= now()
            ORDER BY visible, id LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING {Columns}
        """;

    // Goes from network to network by the index, and looks at that message of each which is due first. The empty text keeps the
    // planner from looking for these few among all that are due.
    private readonly string _takeInTurn = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        WITH RECURSIVE networks AS (
            (SELECT {QueueTable.NetworkKey} AS key, network_id, visible, id FROM {table.Sql}
            WHERE recipient = $1 AND {QueueTable.NetworkKey} > $5 ORDER BY recipient, 1, visible, id LIMIT 1)
            UNION ALL
            SELECT following.* FROM networks CROSS JOIN LATERAL (
                SELECT {QueueTable.NetworkKey} AS key, network_id, visible, id FROM {table.Sql}
                WHERE recipient = $1 AND {QueueTable.NetworkKey} > networks.key ORDER BY recipient, 1, visible, id LIMIT 1) AS following),
        visited AS MATERIALIZED (SELECT * FROM networks LIMIT {NetworksVisited}),
        due AS MATERIALIZED (SELECT * FROM visited WHERE visible <= now() AND network_id <> ALL ($6) LIMIT $2),
        taken AS (
            UPDATE {table.Sql} SET visible = now() + $3, lease = $4
            WHERE id = ANY (ARRAY (
                SELECT id FROM {table.Sql}
                WHERE id = ANY (ARRAY (SELECT id FROM due)) AND recipient || '' = $1 AND visible <= now() FOR UPDATE SKIP LOCKED))
            RETURNING {Columns})
        SELECT {Columns}, last_key FROM (SELECT CASE
            WHEN (SELECT count(*) FROM due) = $2 THEN (SELECT max(key) FROM due)
            WHEN (SELECT count(*) FROM visited) = {NetworksVisited} THEN (SELECT max(key) FROM visited)
            END AS last_key) AS turn LEFT JOIN taken ON true
        """);

    // A message that is locked is being settled. Two statements that wait for each other's messages would be a deadlock.
    private readonly string _renew =
        $"""
        UPDATE {table.Sql} SET visible = now() + $3
        WHERE id = ANY (ARRAY (SELECT id FROM {table.Sql} WHERE id = ANY ($1) AND lease = $2 FOR UPDATE SKIP LOCKED))
        RETURNING {WithoutWaiting}
        """;

    private readonly string _complete =
        $"DELETE FROM {table.Sql} WHERE id = ANY ($1) AND lease = $2 RETURNING {WithoutWaiting}";

    private readonly string _release =
        $"UPDATE {table.Sql} SET visible = now(), lease = NULL WHERE id = ANY ($1) AND lease = $2 RETURNING {WithoutWaiting}";

    private readonly string _defer =
        $"""
        UPDATE {table.Sql} AS message SET visible = now() + deferred.delay, redeliveries = deferred.redeliveries, deliveries = deferred.deliveries, lease = NULL
        FROM unnest($3, $4, $5, $6) AS deferred (id, delay, redeliveries, deliveries)
        WHERE message.id = deferred.id AND message.id = ANY ($1) AND lease = $2
        RETURNING {WithoutWaiting}
        """;

    private readonly string _bury =
        $"""
        UPDATE {table.Sql} AS message
        SET recipient = $5, visible = now(), died = now(), reason = dead.reason, redeliveries = 0, deliveries = 0, lease = NULL
        FROM unnest($3, $4) AS dead (id, reason)
        WHERE message.id = dead.id AND message.id = ANY ($1) AND lease = $2
        RETURNING {WithoutWaiting}
        """;

    /// <summary>Inserts a message in a transaction of its own.</summary>
    public async Task InsertAsync(NewMessage message, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_insert);
        await using var _ = command.ConfigureAwait(false);
        Describe(command.Parameters, message);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Inserts a message in the transaction of the caller.</summary>
    public async Task InsertAsync(NewMessage message, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(_insert, transaction.Connection, transaction);
        await using (command.ConfigureAwait(false))
        {
            Describe(command.Parameters, message);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leases messages that are due.</summary>
    public async Task<TakeResult> TakeAsync(TakeRequest request, CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        var batch = database.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TakeSettings));
        if (request.InOrder > 0)
        {
            AddTake(batch, _takeInOrder, request.InOrder);
        }

        if (request.InTurn > 0)
        {
            var parameters = AddTake(batch, _takeInTurn, request.InTurn);
            parameters.Add(new NpgsqlParameter<string> { TypedValue = request.After });
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = request.Full });
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<QueueMessage> messages = [];
            if (request.InOrder > 0)
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    messages.Add(Read(reader, asked));
                }
            }

            var inOrder = messages.Count;
            string? lastKey = null;
            if (request.InTurn > 0)
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    lastKey = reader.GetTextOrNull(LastKey);
                    if (!reader.IsDBNull(0))
                    {
                        messages.Add(Read(reader, asked));
                    }
                }
            }

            return new TakeResult(messages, inOrder, lastKey);
        }
    }

    /// <summary>Extends the leases of messages under way.</summary>
    public async Task RenewAsync(long[] ids, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_renew);
        await using var _ = command.ConfigureAwait(false);
        Address(command.Parameters, ids);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Settles messages: all of them, or none if an exception is thrown.</summary>
    public async Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        var batch = database.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        foreach (var kind in settlements.GroupBy(settlement => settlement.Kind))
        {
            var command = batch.CreateBatchCommand();
            batch.BatchCommands.Add(command);
            Address(command.Parameters, [.. kind.Select(settlement => settlement.Id)]);
            Settle(command, kind.Key, [.. kind]);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Settle(NpgsqlBatchCommand command, SettlementKind kind, Settlement[] settlements)
    {
        switch (kind)
        {
            case SettlementKind.Completed:
                command.CommandText = _complete;
                break;
            case SettlementKind.Released:
                command.CommandText = _release;
                break;
            case SettlementKind.Deferred:
                command.CommandText = _defer;
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(settlements, one => one.Id) });
                command.Parameters.Add(new NpgsqlParameter<TimeSpan[]> { TypedValue = Array.ConvertAll(settlements, one => one.Delay) });
                command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(settlements, one => one.Redeliveries) });
                command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(settlements, one => one.Deliveries) });
                break;
            default:
                command.CommandText = _bury;
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(settlements, one => one.Id) });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(settlements, one => one.Reason) });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
                break;
        }
    }

    private NpgsqlParameterCollection AddTake(NpgsqlBatch batch, string sql, int most)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        batch.BatchCommands.Add(command);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Queue });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _self });
        return command.Parameters;
    }

    private static QueueMessage Read(NpgsqlDataReader reader, long asked) => new(
        reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetTextOrNull(5), asked);

    private void Address(NpgsqlParameterCollection parameters, long[] ids)
    {
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = ids });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = _self });
    }

    private static void Describe(NpgsqlParameterCollection parameters, NewMessage message)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Recipient });
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = message.Headers, NpgsqlDbType = NpgsqlDbType.Bytea });
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = message.Body, NpgsqlDbType = NpgsqlDbType.Bytea });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Invitation.Event.ToString() });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Invitation.NetworkId });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = message.Invitation.Id });
    }
}
