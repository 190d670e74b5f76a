using System.Threading.Channels;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>
/// Takes note of deliveries without waiting for the database, and answers from the database. If the entries that wait to be
/// written become too many, the oldest are dropped.
/// </summary>
internal sealed class PostgreSqlDeliveryLog : IDeliveryLog, INotificationObserver, IAsyncDisposable
{
    public const int Capacity = 10_000;

    private readonly QueueDatabase _database;
    private readonly Channel<NumberedEntry> _waiting;
    private long _numbered;
    private long _dropped;

    public PostgreSqlDeliveryLog(QueueDatabase database, DeliveryLogTable table)
    {
        _database = database;
        Table = table;
        Store = new DeliveryLogStore(database.Source, table);
        _waiting = Channel.CreateBounded<NumberedEntry>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => CountDropped(1));
    }

    public DeliveryLogTable Table { get; }

    public DeliveryLogStore Store { get; }

    /// <summary>The entries that wait to be written.</summary>
    public ChannelReader<NumberedEntry> Waiting => _waiting.Reader;

    public Npgsql.NpgsqlDataSource Source => _database.Source;

    public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
    {
        _waiting.Writer.TryWrite(new NumberedEntry(Interlocked.Increment(ref _numbered), DeliveryLogEntries.From(report)));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<DeliveryLogEntry>> QueryAsync(
        DeliveryLogQuery? query = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();

        return await Store.ReadAsync(query ?? new DeliveryLogQuery(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more entries.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    public void CountDropped(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>The number of entries dropped since the last call.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
