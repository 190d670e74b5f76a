using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The data source of a queue or a delivery log: the application's, or one of its own, which is disposed with it.</summary>
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
