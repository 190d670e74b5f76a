using System.Threading.Channels;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>
/// Takes note of deliveries without waiting for the database, and answers from the database. If the entries that wait to be
/// written become too many, the oldest are dropped.
/// </summary>
internal sealed class PostgreSqlDeliveryLog : IDeliveryLog, INotificationObserver, IDisposable, IAsyncDisposable
{
    public const int Capacity = 10_000;

    private readonly QueueDatabase _database;
    private readonly Channel<NumberedEntry> _waiting;
    private readonly ILogger<IDeliveryLog> _logger;
    private long _numbered;
    private long _dropped;

    public PostgreSqlDeliveryLog(QueueDatabase database, DeliveryLogTable table, ILogger<IDeliveryLog> logger)
    {
        _database = database;
        _logger = logger;
        Table = table;
        Store = new DeliveryLogStore(database.Source, table);
        _waiting = Channel.CreateBounded<NumberedEntry>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => CountDropped(1));
    }

    public DeliveryLogTable Table { get; }

    public DeliveryLogStore Store { get; }

    /// <summary>The entries that wait to be written.</summary>
    public ChannelReader<NumberedEntry> Waiting => _waiting.Reader;

    /// <summary>Whether this process has deliveries, rather than only queries.</summary>
    public bool HasEntries => Volatile.Read(ref _numbered) > 0;

    public Npgsql.NpgsqlDataSource Source => _database.Source;

    public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
    {
        if (!_waiting.Writer.TryWrite(new NumberedEntry(Interlocked.Increment(ref _numbered), DeliveryLogEntries.From(report))))
        {
            CountDropped(1);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<DeliveryLogEntry>> QueryAsync(
        DeliveryLogQuery? query = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();

        using var outside = AmbientTransaction.Suppress();
        return await Store.ReadAsync(query ?? new DeliveryLogQuery(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more entries.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    public void CountDropped(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Drops the entries that nothing will write any more.</summary>
    public void DropWaiting()
    {
        while (_waiting.Reader.TryRead(out _))
        {
            CountDropped(1);
        }
    }

    /// <summary>The number of entries dropped since the last call.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    public void Dispose()
    {
        LogRest();
        _database.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        LogRest();
        return _database.DisposeAsync();
    }

    // Nothing has written them: the host had stopped, or there was none.
    private void LogRest()
    {
        Complete();
        DropWaiting();
        if (TakeDropped() is > 0 and var count)
        {
            _logger.DeliveriesNotLoggedWithoutHost(count);
        }
    }
}
