using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Creates or upgrades a table, once, however many processes start at the same time.</summary>
internal sealed class TableSetup(NpgsqlDataSource database, ITableScript script, ILogger logger)
{
    /// <exception cref="InvalidOperationException">The role may not create or upgrade the table.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await IsCurrentAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await RunAsync(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", script.Sql, cancellationToken).ConfigureAwait(false);
                if (await IsCurrentAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                await CreateOrUpgradeAsync(connection, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                logger.TableIsReady(script);
            }
        }
    }

    private async Task CreateOrUpgradeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string HasSchema = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";

        var hasSchema = (bool)(await RunAsync(connection, HasSchema, script.Schema, cancellationToken).ConfigureAwait(false))!;
        var sql = hasSchema ? script.CreateOrUpgrade : $"CREATE SCHEMA IF NOT EXISTS {QueueTable.Quote(script.Schema)};\n{script.CreateOrUpgrade}";
        var role = (string)(await RunAsync(connection, "SELECT current_user::text", null, cancellationToken).ConfigureAwait(false))!;
        try
        {
            await RunAsync(connection, sql, null, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The role \"{role}\" may not create or upgrade the table {script} of the {script.Owner}: {exception.MessageText}. " +
                $"Let the owner of the schema run this SQL once:\n\n{sql}\n{Grant(role)}",
                exception);
        }
    }

    private async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (bool)(await RunAsync(connection, script.IsCurrent, script.Sql, cancellationToken).ConfigureAwait(false))!;

    // What a role needs that uses the table and does not own it.
    private string Grant(string role) =>
        $"""
        GRANT USAGE ON SCHEMA {QueueTable.Quote(script.Schema)} TO {QueueTable.Quote(role)};
        GRANT SELECT, INSERT, UPDATE, DELETE ON {script.Sql} TO {QueueTable.Quote(role)};
        """;

    private static async Task<object?> RunAsync(
        NpgsqlConnection connection, string sql, string? parameter, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            if (parameter is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
            }

            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
