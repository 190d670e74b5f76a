using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Transport;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Hosting;

/// <summary>The parts of one queue, put together.</summary>
internal sealed class QueueParts : IDisposable, IAsyncDisposable
{
    public QueueParts(QueueDatabase database, PostgreSqlInvitationQueueOptions options, DurableMetrics? metrics, ILogger<IInvitationQueue> logger)
    {
        Database = database;
        Table = new QueueTable(options);
        Setup = new TableSetup(database.Source, new TableScript(Table), logger);
        Store = new MessageStore(database.Source, Table, options.Lease);
        DeadLetters = new DeadLetterStore(database.Source, Table);
        if (options.Deliver)
        {
            Outage outage = new(Setup, Table, logger);
            Settler = new Settler(Store, outage, logger);
            Receiver = new Receiver(Store, Settler, outage, metrics, options, logger);
        }
    }

    public QueueDatabase Database { get; }

    public QueueTable Table { get; }

    public TableSetup Setup { get; }

    public MessageStore Store { get; }

    public DeadLetterStore DeadLetters { get; }

    public Slots Slots { get; } = new();

    /// <summary>Null if the process only enqueues.</summary>
    public Settler? Settler { get; }

    /// <summary>Null if the process only enqueues.</summary>
    public Receiver? Receiver { get; }

    public void Start()
    {
        Settler?.Start();
        Receiver?.Start();
    }

    // A container that is disposed synchronously, such as that of a console tool, refuses services that only do so asynchronously.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (Receiver is not null)
        {
            // The host has stopped before. Only a database that stands still keeps a command of Npgsql from ending.
            await Receiver.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Settler!.DisposeAsync().ConfigureAwait(false);
        }

        await Database.DisposeAsync().ConfigureAwait(false);
    }
}
