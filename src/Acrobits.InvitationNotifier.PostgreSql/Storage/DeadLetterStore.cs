using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The dead messages of a queue, and how many messages there are of each kind. No headers and bodies are read.</summary>
internal sealed class DeadLetterStore(NpgsqlDataSource database, QueueTable table)
{
    // Changes are made in steps, so that no transaction is long.
    private const int Step = 10_000;

    private const string Conditions =
        """
        recipient = $1
        AND ($2::text IS NULL OR network_id = $2) AND ($3::text IS NULL OR invitation_id = $3)
        AND ($4::text IS NULL OR event = $4) AND ($5::text IS NULL OR reason = $5)
        AND ($6::interval IS NULL OR coalesce(died, visible) <= now() - $6) AND ($7::interval IS NULL OR coalesce(died, visible) >= now() - $7)
        """;

    private readonly string _count =
        $"""
        SELECT network_id,
            count(*) FILTER (WHERE recipient = $1 AND (visible <= now() OR lease IS NOT NULL)),
            count(*) FILTER (WHERE recipient = $1 AND visible > now() AND lease IS NULL),
            min(visible) FILTER (WHERE recipient = $1 AND visible > now() AND lease IS NULL),
            count(*) FILTER (WHERE recipient = $2)
        FROM {table.Sql} WHERE recipient IN ($1, $2) AND ($3::text IS NULL OR network_id = $3)
        GROUP BY network_id ORDER BY network_id COLLATE "C"
        """;

    private readonly string _read =
        $"""
        SELECT invitation_id, event, network_id, coalesce(reason, 'unknown'), coalesce(died, visible)
        FROM {table.Sql} WHERE {Conditions} ORDER BY visible, id
        """;

    // A row that another call is changing is skipped, because that call counts it.
    private readonly string _some = string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"""
        id = ANY (ARRAY (
            SELECT id FROM {table.Sql} WHERE {Conditions} AND coalesce(died, visible) <= $8
            ORDER BY visible, id LIMIT {Step} FOR UPDATE SKIP LOCKED))
        """);

    /// <summary>How many messages wait, by network.</summary>
    public async Task<List<InvitationQueueStatus>> CountAsync(string? networkId, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_count);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Queue });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
        command.Parameters.Add(Optional(networkId));
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<InvitationQueueStatus> networks = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                networks.Add(new InvitationQueueStatus(
                    Text(reader, 0),
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                    reader.GetInt64(4)));
            }

            return networks;
        }
    }

    /// <summary>The dead messages, the oldest first.</summary>
    public async IAsyncEnumerable<DeadInvitation> ReadAsync(
        DeadInvitationFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_read);
        await using var _ = command.ConfigureAwait(false);
        Select(command, filter);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new DeadInvitation(
                    Text(reader, 0),
                    Enum.TryParse<InvitationEvent>(Text(reader, 1), out var invitationEvent) ? invitationEvent : null,
                    Text(reader, 2),
                    reader.GetString(3),
                    reader.GetFieldValue<DateTimeOffset>(4));
            }
        }
    }

    /// <summary>Puts dead messages back at the end of the queue.</summary>
    public Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken) => ChangeAsync(
        $"UPDATE {table.Sql} SET recipient = $9, visible = now(), redeliveries = 0, died = NULL, reason = NULL WHERE {_some}",
        filter,
        command => command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Queue }),
        cancellationToken);

    /// <summary>Deletes dead messages.</summary>
    public Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken) =>
        ChangeAsync($"DELETE FROM {table.Sql} WHERE {_some}", filter, static _ => { }, cancellationToken);

    /// <summary>Deletes messages that have been dead for too long.</summary>
    public Task<long> ExpireAsync(TimeSpan retention, CancellationToken cancellationToken) =>
        DiscardAsync(new DeadInvitationFilter { MinAge = retention }, cancellationToken);

    private async Task<long> ChangeAsync(
        string sql, DeadInvitationFilter filter, Action<NpgsqlCommand> complete, CancellationToken cancellationToken)
    {
        // What dies from now on stays dead. Where a provider is still down, there would be no end otherwise.
        var now = await NowAsync(cancellationToken).ConfigureAwait(false);
        var total = 0L;
        int changed;
        do
        {
            var command = database.CreateCommand(sql);
            await using var _ = command.ConfigureAwait(false);
            Select(command, filter);
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now });
            complete(command);
            changed = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            total += changed;
        }
        while (changed == Step);
        return total;
    }

    private async Task<DateTime> NowAsync(CancellationToken cancellationToken)
    {
        var command = database.CreateCommand("SELECT now()");
        await using var _ = command.ConfigureAwait(false);
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private void Select(NpgsqlCommand command, DeadInvitationFilter filter)
    {
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
        command.Parameters.Add(Optional(filter.NetworkId));
        command.Parameters.Add(Optional(filter.InvitationId));
        command.Parameters.Add(Optional(filter.Event?.ToString()));
        command.Parameters.Add(Optional(filter.Reason));
        command.Parameters.Add(Optional(filter.MinAge));
        command.Parameters.Add(Optional(filter.MaxAge));
    }

    private static NpgsqlParameter Optional(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Optional(TimeSpan? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
