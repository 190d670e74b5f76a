using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

/// <summary>A queue in a database, and the hosts that use it.</summary>
internal sealed class TestQueue(PostgresDatabase database)
{
    public const string Name = "invitations";
    public const string Dead = "invitations-dead";
    public const string Table = "invitation_messages";

    /// <summary>How many deliveries each host makes at a time.</summary>
    public const int Parallelism = 5;

    public PostgresDatabase Database => database;

    /// <summary>Starts a host that delivers.</summary>
    /// <param name="url">The URL of the provider's web service.</param>
    /// <param name="schedule">Of redeliveries; without delays where there is none.</param>
    /// <param name="configure">What else is to be configured.</param>
    /// <param name="register">What else is to be registered.</param>
    public Task<TestHost> StartAsync(
        string url,
        RedeliverySchedule? schedule = null,
        Action<PostgreSqlInvitationQueueOptions>? configure = null,
        Action<IServiceCollection>? register = null) => TestHost.StartAsync(services =>
        {
            services.AddTestNotifier(url);
            register?.Invoke(services);
            services.AddPostgreSqlInvitationQueue(database.ConnectionString, options =>
            {
                options.Redelivery = schedule ?? new RedeliverySchedule(Enumerable.Repeat(TimeSpan.Zero, 100));
                options.MaxConcurrentDeliveries = Parallelism;
                configure?.Invoke(options);
            });
        });

    /// <summary>Starts a host that only enqueues.</summary>
    public Task<TestHost> StartSenderAsync(Action<PostgreSqlInvitationQueueOptions>? configure = null) => TestHost.StartAsync(
        services => services.AddPostgreSqlInvitationQueue(database.ConnectionString, options =>
        {
            options.Deliver = false;
            configure?.Invoke(options);
        }));

    /// <summary>How many messages there are in a queue.</summary>
    public async Task<long> CountAsync(string queue) =>
        (await database.ReadAsync<long>($"SELECT count(*) FROM {Table} WHERE recipient = '{queue}'"))[0];

    /// <summary>In how many seconds each message of the queue is to be delivered, by the clock of the database.</summary>
    public Task<IReadOnlyList<double>> DelaysAsync() => database.ReadAsync<double>(
        $"SELECT extract(epoch FROM visible - now())::float8 FROM {Table} WHERE recipient = '{Name}' AND lease IS NULL");

    /// <summary>Why messages are dead.</summary>
    public Task<IReadOnlyList<string>> ReasonsAsync() =>
        database.ReadAsync<string>($"SELECT reason FROM {Table} WHERE recipient = '{Dead}'");

    /// <summary>Puts a message into the queue that nobody's serializer has written.</summary>
    public Task InsertAsync(string type, string body, string recipient = Name) => InsertRawAsync(
        $$"""{"rbs2-msg-id":"{{Guid.NewGuid()}}","rbs2-msg-type":"{{type}}","rbs2-content-type":"application/json"}""", body, recipient);

    public Task InsertRawAsync(string headers, string body, string recipient = Name) => database.ExecuteAsync($$"""
        INSERT INTO {{Table}} (recipient, priority, expiration, visible, headers, body) VALUES (
            '{{recipient}}', 0, now() + interval '1 day', now(), convert_to('{{headers}}', 'UTF8'), convert_to('{{body}}', 'UTF8'))
        """);

    /// <summary>Enqueues numbered invitations from outside of the hosts.</summary>
    public async Task CopyAsync(int from, int count)
    {
        await using var sender = await StartSenderAsync();
        await sender.EnqueueAsync(Enumerable.Range(from, count).Select(Samples.Numbered));
    }

    public Task UntilEmptyAsync() => UntilAsync(async () => await CountAsync(Name) == 0, "the queue is empty");

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
