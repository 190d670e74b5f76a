using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Worker.Hosting;
using Npgsql;

namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>
/// The table in which Rebus keeps its messages: one row for each, with the name of its queue, when it is due, its headers
/// as JSON and its body. A message under way is a row that its worker's open transaction has deleted, so it is still seen here.
/// </summary>
internal sealed class MessageTable(WorkerOptions worker) : IAsyncDisposable
{
    private const int PageSize = 500;

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(worker.ConnectionString);

    // The settings allow no name that could be anything else.
    private readonly string _table = $"public.\"{worker.Table}\"";

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>All messages, as they were at one moment. Only dead ones come with their headers.</summary>
    public async IAsyncEnumerable<StoredMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            $"""
            select recipient = $2, visible > now(), visible, case when recipient = $2 then headers end, body
            from {_table}
            where recipient in ($1, $2) and expiration > now()
            """);
        command.Parameters.Add(new() { Value = worker.Queue });
        command.Parameters.Add(new() { Value = worker.ErrorQueue });
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var state = reader.GetBoolean(0) ? MessageState.Dead
                : reader.GetBoolean(1) ? MessageState.Deferred
                : MessageState.Ready;
            yield return new StoredMessage(
                state,
                reader.GetFieldValue<DateTimeOffset>(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : MessageHeaders.Parse(reader.GetFieldValue<byte[]>(3)),
                MessageBody.NetworkOf(reader.GetFieldValue<byte[]>(4)));
        }
    }

    /// <summary>
    /// The dead messages there are by now, page by page. Those that die meanwhile have greater ids and are left out: where a
    /// provider is still down, this would find no end.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<DeadMessage>> ReadDeadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var newest = await ScalarAsync($"select coalesce(max(id), 0)::bigint from {_table} where recipient = $1", cancellationToken);
        List<DeadMessage> page;
        var (priority, id) = (int.MinValue, 0L);
        do
        {
            page = await ReadPageAsync(priority, id, newest, cancellationToken);
            if (page is [.., var last])
            {
                (priority, id) = (last.Priority, last.Id);
                yield return page;
            }
        }
        while (page.Count == PageSize);
    }

    /// <summary>
    /// Moves dead messages, all or none. One that somebody else is moving, or has moved, is passed over, so no message is
    /// ever moved twice.
    /// </summary>
    /// <returns>The ids of those that were moved.</returns>
    public async Task<IReadOnlySet<long>> MoveAsync(IReadOnlyList<DeadMessage> dead, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            $"""
            with free as (
                select id from {_table} where recipient = $1 and id = any($2) for update skip locked)
            update {_table} as message
            set recipient = moved.recipient, headers = moved.headers, visible = now()
            from unnest($2, $3, $4) as moved (id, recipient, headers), free
            where message.recipient = $1 and message.id = moved.id and message.id = free.id
            returning message.id
            """);
        command.Parameters.Add(new() { Value = worker.ErrorQueue });
        command.Parameters.Add(new() { Value = dead.Select(message => message.Id).ToArray() });
        command.Parameters.Add(new() { Value = dead.Select(message => message.Headers.SourceQueue ?? worker.Queue).ToArray() });
        command.Parameters.Add(new() { Value = dead.Select(message => message.Headers.Revived().ToBytes()).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        HashSet<long> moved = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            moved.Add(reader.GetInt64(0));
        }

        return moved;
    }

    private async Task<List<DeadMessage>> ReadPageAsync(
        int priority, long id, long newest, CancellationToken cancellationToken)
    {
        // In the order of the primary key, so that each page begins where the last one ended.
        await using var command = _database.CreateCommand(
            $"""
            select id, priority, headers, body from {_table}
            where recipient = $1 and (recipient, priority, id) > ($1, $2, $3) and id <= $4 and expiration > now()
            order by recipient, priority, id
            limit {PageSize}
            """);
        command.Parameters.Add(new() { Value = worker.ErrorQueue });
        command.Parameters.Add(new() { Value = priority });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = newest });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DeadMessage> page = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new DeadMessage(
                reader.GetInt64(0),
                reader.GetInt32(1),
                MessageHeaders.Parse(reader.GetFieldValue<byte[]>(2)),
                MessageBody.NetworkOf(reader.GetFieldValue<byte[]>(3))));
        }

        return page;
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = worker.ErrorQueue });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
