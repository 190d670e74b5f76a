using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The data source of the queue: the application's, or one that belongs to the queue and is disposed with it.</summary>
internal sealed class QueueDatabase : IAsyncDisposable
{
    private const int PreparedStatements = 20, CommandTimeoutSeconds = 15, KeepAliveSeconds = 30, KeepAliveIntervalSeconds = 10;

    private readonly bool _isOwn;

    public QueueDatabase(NpgsqlDataSource source) => Source = source;

    /// <exception cref="ArgumentException">The text is not a connection string.</exception>
    public QueueDatabase(string connectionString, bool usesPooler)
    {
        Source = NpgsqlDataSource.Create(Configure(connectionString, usesPooler));
        _isOwn = true;
    }

    public NpgsqlDataSource Source { get; }

    public ValueTask DisposeAsync() => _isOwn ? Source.DisposeAsync() : ValueTask.CompletedTask;

    // Only what the application has not set itself.
    private static NpgsqlConnectionStringBuilder Configure(string connectionString, bool usesPooler)
    {
        NpgsqlConnectionStringBuilder builder = new(connectionString)
        {
            // The queue leaves no state behind in a session, so a connection needs no reset when it goes back to the pool.
            NoResetOnClose = true,
        };
        builder.ApplicationName ??= "Acrobits.InvitationNotifier";
        SetDefault("Max Auto Prepare", PreparedStatements);
        SetDefault("Auto Prepare Min Usages", 2);

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
}
