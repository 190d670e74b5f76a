using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The dead messages of a queue, and how many messages there are of each kind. No headers and bodies are read.</summary>
internal sealed class DeadLetterStore(NpgsqlDataSource database, QueueTable table)
{
    // Changes are made in steps, and rows are read in pages, so that no transaction is long.
    private const int Step = 10_000, PageSize = 500;

    // What a probe reads at most of each kind.
    private const int MostCounted = 10_000;

    private const string UnknownReason = "unknown";

    // Older than any database. Beyond it, PostgreSQL cannot subtract.
    private static readonly TimeSpan OldestAge = TimeSpan.FromDays(36_500);

    private const string Conditions =
        $"""
        recipient = $1
        AND ($2::text IS NULL OR network_id = $2) AND ($3::text IS NULL OR invitation_id = $3)
        AND ($4::text IS NULL OR event = $4) AND ($5::text IS NULL OR coalesce(reason, '{UnknownReason}') = $5)
        AND ($6::interval IS NULL OR coalesce(died, visible) <= now() - $6) AND ($7::interval IS NULL OR coalesce(died, visible) >= now() - $7)
        AND coalesce(died, visible) <= $8
        """;

    private readonly string _count =
        $"""
        SELECT network_id,
            count(*) FILTER (WHERE recipient = $1 AND (visible <= now() OR lease IS NOT NULL)),
            count(*) FILTER (WHERE recipient = $1 AND visible > now() AND lease IS NULL),
            min(visible) FILTER (WHERE recipient = $1 AND visible > now() AND lease IS NULL),
            count(*) FILTER (WHERE recipient = $2),
            min(visible) FILTER (WHERE recipient = $1 AND visible <= now())
        FROM {table.Sql} WHERE recipient IN ($1, $2) AND ($3::text IS NULL OR network_id = $3)
        GROUP BY network_id ORDER BY network_id COLLATE "C"
        """;

    // Each part is a range of the index, which ends at the limit.
    private readonly string _total = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        WITH
            ready AS (SELECT visible FROM {table.Sql} WHERE recipient = $1 AND visible <= now() ORDER BY visible, id LIMIT {MostCounted}),
            later AS (SELECT visible, lease FROM {table.Sql} WHERE recipient = $1 AND visible > now() ORDER BY visible, id LIMIT {MostCounted}),
            dead AS (SELECT visible FROM {table.Sql} WHERE recipient = $2 ORDER BY visible, id LIMIT {MostCounted})
        SELECT NULL::text,
            (SELECT count(*) FROM ready) + (SELECT count(*) FROM later WHERE lease IS NOT NULL),
            (SELECT count(*) FROM later WHERE lease IS NULL),
            (SELECT min(visible) FROM later WHERE lease IS NULL),
            (SELECT count(*) FROM dead),
            (SELECT min(visible) FROM ready)
        """);

    private readonly string _read = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT invitation_id, event, network_id, coalesce(reason, '{UnknownReason}'), coalesce(died, visible), visible, id
        FROM {table.Sql} WHERE {Conditions} AND (visible, id) > ($9, $10) ORDER BY visible, id LIMIT {PageSize}
        """);

    // A row that another call is changing is skipped, because that call counts it.
    private readonly string _some = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        id = ANY (ARRAY (
            SELECT id FROM {table.Sql} WHERE {Conditions}
            ORDER BY visible, id LIMIT {Step} FOR UPDATE SKIP LOCKED))
        """);

    // A message dies when it becomes visible among the dead, and that column has an index: most calls find nothing to do.
    private readonly string _expire = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        DELETE FROM {table.Sql} WHERE id = ANY (ARRAY (
            SELECT id FROM {table.Sql} WHERE recipient = $1 AND visible <= now() - $2 AND coalesce(died, visible) <= now() - $2
            ORDER BY visible, id LIMIT {Step} FOR UPDATE SKIP LOCKED))
        """);

    /// <summary>How many messages wait, by network.</summary>
    public Task<List<InvitationQueueStatus>> CountAsync(string? networkId, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_count);
        command.CommandTimeout = 0;
        AddQueues(command);
        command.Parameters.Add(Optional(networkId));
        return ReadAsync(
            command,
            static reader => Status(reader.GetTextOrNull(0), reader),
            cancellationToken);
    }

    /// <summary>How many messages wait, up to a limit.</summary>
    public async Task<InvitationQueueStatus> CountTotalAsync(CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_total);
        AddQueues(command);
        var total = await ReadAsync(
            command,
            static reader => Status(null, reader),
            cancellationToken).ConfigureAwait(false);
        return total[0];
    }

    /// <summary>The dead messages, the oldest first: those that follow another one, up to the size of a page.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="until">When they died at the latest.</param>
    /// <param name="previous">The one that they follow; the default is before all others.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<List<DeadLetter>> ReadAsync(
        DeadInvitationFilter filter, DateTimeOffset until, DeadLetter previous, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(_read);
        Select(command, filter, until);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = previous.Visible.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = previous.Id });
        return ReadAsync(
            command,
            static reader => new DeadLetter(
                new DeadInvitation(
                    reader.GetTextOrNull(0),
                    Enum.TryParse<InvitationEvent>(reader.GetTextOrNull(1), out var invitationEvent) ? invitationEvent : null,
                    reader.GetTextOrNull(2),
                    reader.GetString(3),
                    reader.GetFieldValue<DateTimeOffset>(4)),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetInt64(6)),
            cancellationToken);
    }

    /// <summary>The time of the database.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        // Not as an object: its type depends on the plugins of the application's data source.
        var now = await ReadAsync(
            database.CreateCommand("SELECT now()"), static reader => reader.GetFieldValue<DateTimeOffset>(0), cancellationToken).ConfigureAwait(false);
        return now[0];
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
    public Task<long> ExpireAsync(TimeSpan retention, CancellationToken cancellationToken) => RepeatAsync(
        _expire,
        command =>
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
        },
        cancellationToken);

    private async Task<long> ChangeAsync(
        string sql, DeadInvitationFilter filter, Action<NpgsqlCommand> complete, CancellationToken cancellationToken)
    {
        // What dies from now on stays dead. Where a provider is still down, there would be no end otherwise.
        var now = await NowAsync(cancellationToken).ConfigureAwait(false);
        return await RepeatAsync(
            sql,
            command =>
            {
                Select(command, filter, now);
                complete(command);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> RepeatAsync(string sql, Action<NpgsqlCommand> complete, CancellationToken cancellationToken)
    {
        var total = 0L;
        int changed;
        do
        {
            var command = database.CreateCommand(sql);
            await using var _ = command.ConfigureAwait(false);
            command.CommandTimeout = 0;
            complete(command);
            changed = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            total += changed;
        }
        while (changed == Step);
        return total;
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<T> rows = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    private void AddQueues(NpgsqlCommand command)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Queue });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
    }

    private void Select(NpgsqlCommand command, DeadInvitationFilter filter, DateTimeOffset until)
    {
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.DeadLetterQueue });
        command.Parameters.Add(Optional(filter.NetworkId));
        command.Parameters.Add(Optional(filter.InvitationId));
        command.Parameters.Add(Optional(filter.Event?.ToString()));
        command.Parameters.Add(Optional(filter.Reason));
        command.Parameters.Add(Optional(filter.MinAge));
        command.Parameters.Add(Optional(filter.MaxAge));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until.ToUniversalTime() });
    }

    private static InvitationQueueStatus Status(string? networkId, NpgsqlDataReader reader) =>
        new(networkId, reader.GetInt64(1), reader.GetInt64(2), reader.GetTimeOrNull(3), reader.GetInt64(4)) { ReadySince = reader.GetTimeOrNull(5) };

    private static NpgsqlParameter Optional(string? value) => new() { Value = (object?)StorableText.Of(value) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Optional(TimeSpan? age) => new()
    {
        Value = age is { } value ? (value < OldestAge ? value : OldestAge) : DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.Interval,
    };
}
