using Acrobits.InvitationNotifier.Rebus.Tests.Postgres;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Config;
using Rebus.Config.Outbox;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Durability;

/// <summary>Hosts with the real notifier, whose transport is a table of a database.</summary>
internal sealed class PostgresBus(PostgresDatabase database)
{
    public const string Outbox = "outbox";

    private const string Messages = "messages";

    public PostgresDatabase Database => database;

    /// <summary>Starts a host.</summary>
    /// <param name="url">The URL of the provider's web service.</param>
    /// <param name="schedule">Of redeliveries; the transport's least delay where there is none.</param>
    /// <param name="configure">What else is to be configured.</param>
    public Task<BusHost> StartAsync(
        string url, RedeliverySchedule? schedule = null, Func<RebusConfigurer, RebusConfigurer>? configure = null) => BusHost.StartAsync(
            transport => transport.UsePostgreSql(database.ConnectionString, Messages, BusHost.Queue),
            services => services.AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = url;
                options.Egress.AllowedRanges = ["127.0.0.0/8"];

                // A machine under load is slow, and a provider that fails is here to be asked again at once.
                options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(12);
                options.CircuitBreaker.MinimumThroughput = 10_000;
            }),
            schedule ?? new RedeliverySchedule(Enumerable.Repeat(TimeSpan.Zero, 100)),
            configure);

    /// <summary>Starts a host that sends through the outbox.</summary>
    public Task<BusHost> StartWithOutboxAsync(string url, RedeliverySchedule? schedule = null) => StartAsync(
        url, schedule, bus => bus.Outbox(outbox => outbox.StoreInPostgreSql(database.ConnectionString, Outbox)));

    /// <summary>Starts a host that sends through the outbox, and cannot receive.</summary>
    public Task<BusHost> StartOneWayWithOutboxAsync() => BusHost.StartAsync(
        transport => transport.UsePostgreSqlAsOneWayClient(database.ConnectionString, Messages),
        _ => { },
        configure: bus => bus.Outbox(outbox => outbox.StoreInPostgreSql(database.ConnectionString, Outbox)));

    /// <summary>How many messages there are in a queue.</summary>
    public async Task<long> CountAsync(string queue) =>
        (await database.ReadAsync<long>($"SELECT count(*) FROM {Messages} WHERE recipient = '{queue}'"))[0];

    /// <summary>In how many seconds each message of the queue is to be delivered, by the clock of the database.</summary>
    public Task<IReadOnlyList<double>> DelaysAsync() => database.ReadAsync<double>(
        $"SELECT extract(epoch FROM visible - now())::float8 FROM {Messages} WHERE recipient = '{BusHost.Queue}'");

    /// <summary>The headers of what failed, as JSON.</summary>
    public Task<IReadOnlyList<string>> FailuresAsync() => database.ReadAsync<string>(
        $"SELECT convert_from(headers, 'UTF8') FROM {Messages} WHERE recipient = '{BusHost.Errors}'");

    /// <summary>Puts a message into the queue that nobody's serializer has written.</summary>
    public Task InsertAsync(string type, string body) => database.ExecuteAsync($$"""
        INSERT INTO {{Messages}} (recipient, priority, expiration, visible, headers, body) VALUES (
            '{{BusHost.Queue}}', 0, now() + interval '1 day', now(),
            convert_to('{"rbs2-msg-id":"{{Guid.NewGuid()}}","rbs2-msg-type":"{{type}}","rbs2-content-type":"application/json"}', 'UTF8'),
            convert_to('{{body}}', 'UTF8'))
        """);

    public Task UntilEmptyAsync() => UntilAsync(async () => await CountAsync(BusHost.Queue) == 0, "the queue is empty");

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Not in time: {what}.");
            await Task.Delay(50);
        }
    }
}
