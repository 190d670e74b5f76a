using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Creates or upgrades a table, once, however many processes start at the same time.</summary>
internal sealed class TableSetup(NpgsqlDataSource database, ITableScript script, ILogger logger)
{
    // While the upgrade waits for a lock, all others who use the table wait as well. So it is shorter than the time-out of their
    // commands. It is longer than a usual delivery by Rebus.PostgreSql, which keeps a transaction open meanwhile.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(12);

    /// <inheritdoc cref="QueueDatabase.Reconnect"/>
    public void Reconnect() => QueueDatabase.Reconnect(database);

    /// <exception cref="InvalidOperationException">The role may not create or upgrade the table.</exception>
    /// <exception cref="NpgsqlException">The server only reads, the table is in use, or anything else that the database answers.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await EnsureAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw await RefusedAsync(connection, exception, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                logger.TableIsInUse(script, await UsersAsync(connection, cancellationToken).ConfigureAwait(false), LockTimeout);
                throw;
            }
        }
    }

    private async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await ReadAsync<string>(connection, "SHOW transaction_read_only", null, cancellationToken).ConfigureAwait(false) == "on")
        {
            Reconnect();
            throw new NpgsqlException("The server accepts no changes: it is a standby, or default_transaction_read_only is on");
        }

        if (await IsCurrentAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await LockAsync(connection, cancellationToken).ConfigureAwait(false);
            if (await IsCurrentAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            await RunAsync(connection, await SqlAsync(connection, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            logger.TableIsReady(script);
        }
    }

    // Waits for other processes that do the same, however long it takes them.
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Key = "(hashtextextended($1, 0))";

        // Time limits of the role are meant for other statements. The last of them is new in PostgreSQL 17.
        await RunAsync(
            connection,
            "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout')",
            cancellationToken).ConfigureAwait(false);
        if (!await ReadAsync<bool>(connection, "SELECT pg_try_advisory_xact_lock" + Key, script.Sql, cancellationToken).ConfigureAwait(false))
        {
            logger.TableIsBeingSetUp(script);
            var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock" + Key, connection) { CommandTimeout = 0 };
            await using var _ = command.ConfigureAwait(false);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = script.Sql });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await RunAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {LockTimeout.TotalMilliseconds:F0}"),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> SqlAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string HasSchema = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";

        return await ReadAsync<bool>(connection, HasSchema, script.Schema, cancellationToken).ConfigureAwait(false)
            ? script.CreateOrUpgrade
            : $"CREATE SCHEMA IF NOT EXISTS {QueueTable.Quote(script.Schema)};\n{script.CreateOrUpgrade}";
    }

    private async Task<InvalidOperationException> RefusedAsync(
        NpgsqlConnection connection, PostgresException exception, CancellationToken cancellationToken)
    {
        var role = await ReadAsync<string>(connection, "SELECT current_user::text", null, cancellationToken).ConfigureAwait(false);
        var sql = await SqlAsync(connection, cancellationToken).ConfigureAwait(false);
        return new InvalidOperationException(
            $"The role \"{role}\" may not create or upgrade the table {script} of the {script.Owner}: {new LogSafeText(exception.MessageText)}. " +
            $"Let the owner of the schema run this SQL once:\n\n{sql}\n{Grant(role)}",
            exception);
    }

    // What a role needs that uses the table and does not own it.
    private string Grant(string role) =>
        $"""
        GRANT USAGE ON SCHEMA {QueueTable.Quote(script.Schema)} TO {QueueTable.Quote(role)};
        GRANT SELECT, INSERT, UPDATE, DELETE ON {script.Sql} TO {QueueTable.Quote(role)};
        {script.GrantSequence(QueueTable.Quote(role))}
        """;

    // Without the text of their statements, which can hold anything.
    private async Task<string> UsersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Users =
            """
            SELECT coalesce(string_agg(DISTINCT format('process %s (application "%s", role "%s")', pid, application_name, usename), ', '), 'none is left')
            FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE relation = to_regclass($1) AND database = datid AND granted AND pid <> pg_backend_pid()
            """;

        return await ReadAsync<string>(connection, Users, script.Sql, cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ReadAsync<bool>(connection, script.IsCurrent, script.Sql, cancellationToken);

    // However long it takes: the upgrade rewrites the table.
    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(NpgsqlConnection connection, string sql, string? parameter, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var _ = command.ConfigureAwait(false);
        if (parameter is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
        }

        return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
