using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Creates or upgrades the table of a queue, once, however many processes start at the same time.</summary>
internal sealed class TableSetup(NpgsqlDataSource database, QueueTable table, ILogger<IInvitationQueue> logger)
{
    private readonly TableScript _script = new(table);

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
                await RunAsync(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", table.Sql, cancellationToken).ConfigureAwait(false);
                if (await IsCurrentAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                await CreateOrUpgradeAsync(connection, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                logger.TableIsReady(table);
            }
        }
    }

    private async Task CreateOrUpgradeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string HasSchema = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";

        var hasSchema = (bool)(await RunAsync(connection, HasSchema, table.Schema, cancellationToken).ConfigureAwait(false))!;
        var script = hasSchema ? _script.CreateOrUpgrade : $"{_script.CreateSchema}\n{_script.CreateOrUpgrade}";
        var role = (string)(await RunAsync(connection, "SELECT current_user::text", null, cancellationToken).ConfigureAwait(false))!;
        try
        {
            await RunAsync(connection, script, null, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The role \"{role}\" may not create or upgrade the table {table} of the invitation queue: {exception.MessageText}. " +
                $"Let the owner of the schema run this SQL once:\n\n{script}\n{_script.Grant(role)}",
                exception);
        }
    }

    private async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = $"SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = '{_script.Trigger}')";
        return (bool)(await RunAsync(connection, sql, table.Sql, cancellationToken).ConfigureAwait(false))!;
    }

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
