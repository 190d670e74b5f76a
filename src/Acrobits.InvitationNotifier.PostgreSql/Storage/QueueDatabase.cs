using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The data source of a queue or a delivery log: the application's, or one of its own, which is disposed with it.</summary>
internal sealed class QueueDatabase : IDisposable, IAsyncDisposable
{
    private const int PreparedStatements = 20, CommandTimeoutSeconds = 15, KeepAliveSeconds = 30, KeepAliveIntervalSeconds = 10;

    // The same for all connections to one database, even through another host name, port or pooler.
    private const string Identity =
        """
        SELECT format('%s/%s', oid, (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint)
        FROM pg_database WHERE datname = current_database()
        """;

    private readonly NpgsqlDataSource? _own;
    private readonly ConcurrentDictionary<(string? Host, int Port, string? Database), bool> _addresses = new();

    public QueueDatabase(NpgsqlDataSource source)
    {
        Source = source;
        AddAddress();
    }

    /// <exception cref="ArgumentException">The text is not a connection string.</exception>
    public QueueDatabase(string connectionString, bool usesPooler)
    {
        var builder = Configure(connectionString, usesPooler);
        if (builder.Host!.Contains(',', StringComparison.Ordinal))
        {
            // Of several hosts, the one that accepts changes.
            var hosts = new NpgsqlDataSourceBuilder(builder.ConnectionString).BuildMultiHost();
            Source = hosts.WithTargetSession(TargetSessionAttributes.ReadWrite);
            _own = hosts;
        }
        else
        {
            Source = _own = NpgsqlDataSource.Create(builder);
        }

        AddAddress();
    }

    public NpgsqlDataSource Source { get; }

    public void Dispose() => _own?.Dispose();

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Whether a connection leads to the same database.</summary>
    public async ValueTask<bool> IsDatabaseOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var address = (connection.Host, connection.Port, connection.Database);
        if (_addresses.ContainsKey(address))
        {
            return true;
        }

        var own = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = own.ConfigureAwait(false);
        var isSame = await IdentifyAsync(own, cancellationToken).ConfigureAwait(false)
            == await IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
        if (isSame)
        {
            _addresses.TryAdd(address, true);
        }

        return isSame;
    }

    /// <summary>
    /// Closes the connections of a pool after an answer that the server only reads. New ones find the server that writes by now.
    /// </summary>
    /// <remarks>The method is public from Npgsql 9 on. <c>NpgsqlConnection.ClearPool</c> knows no data sources.</remarks>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Clear")]
    public static extern void Reconnect(NpgsqlDataSource source);

    /// <summary>Checks a connection string, without quoting it: it may hold a password.</summary>
    /// <exception cref="ArgumentException">It is not a connection string with a host.</exception>
    public static void Check(string connectionString)
    {
        const string Advice = "Write for instance \"Host=db.example.com;Database=invitations;Username=invitations\".";

        string? host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(connectionString).Host;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException($"This is not a connection string of Npgsql. {Advice}", nameof(connectionString));
        }

        if (string.IsNullOrWhiteSpace(host))
        {
            throw new ArgumentException($"The connection string names no Host. {Advice}", nameof(connectionString));
        }
    }

    // Sets what the application has not set itself, and what the queue cannot do without.
    private static NpgsqlConnectionStringBuilder Configure(string connectionString, bool usesPooler)
    {
        NpgsqlConnectionStringBuilder builder = new(connectionString)
        {
            // "Accepted" means committed, not part of a TransactionScope of the caller.
            Enlist = false,

            // Npgsql refuses it here. The host is chosen above.
            TargetSessionAttributes = null,
        };
        SetDefault("Application Name", "Acrobits.InvitationNotifier");
        SetDefault("Max Auto Prepare", PreparedStatements);
        SetDefault("Auto Prepare Min Usages", 2);

        // The queue leaves no state behind in a session, so a connection needs no reset when it goes back to the pool.
        SetDefault("No Reset On Close", true);

        // A connection that has fallen silent is given up in time.
        SetDefault("Command Timeout", CommandTimeoutSeconds);
        SetDefault("Tcp Keepalive", true);
        SetDefault("Tcp Keepalive Time", KeepAliveSeconds);
        SetDefault("Tcp Keepalive Interval", KeepAliveIntervalSeconds);
        if (usesPooler)
        {
            builder.MaxAutoPrepare = 0;
        }

        return builder;

        void SetDefault(string keyword, object value)
        {
            if (!builder.ShouldSerialize(keyword))
            {
                builder[keyword] = value;
            }
        }
    }

    private void AddAddress()
    {
        NpgsqlConnectionStringBuilder builder = new(Source.ConnectionString);
        _addresses.TryAdd((builder.Host, builder.Port, builder.Database ?? builder.Username), true);
    }

    private static async Task<string?> IdentifyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Identity, connection);
        await using var _ = command.ConfigureAwait(false);
        return (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
