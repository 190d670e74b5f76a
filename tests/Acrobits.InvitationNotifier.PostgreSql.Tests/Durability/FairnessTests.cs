using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

/// <summary>What one network does to the others: nothing that lasts.</summary>
[Trait("Category", "postgres")]
public sealed class FairnessTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(1, 32)]
    [InlineData(4, 32)]
    [InlineData(12, 4)]
    public async Task Receive_BacklogOfOneNetwork_OthersAreDeliveredMeanwhile(int concurrent, int perNetwork)
    {
        const int Backlog = 3_000;

        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using (var sender = await queue.StartSenderAsync())
        {
            await sender.EnqueueAsync(Samples.Invitation with { NetworkId = "big" });
            await MultiplyAsync(database, Backlog - 1);
            await sender.EnqueueAsync(Enumerable.Range(0, 10).Select(number => Samples.Numbered(number) with { NetworkId = $"small{number}" }));
        }

        SlowNotifier notifier = new();
        await using (await queue.StartAsync("http://127.0.0.1/", configure: Configure(concurrent, perNetwork), register: notifier.Register))
        {
            await Eventually.BecomesAsync(
                () => notifier.Ended.Count(network => network != "big") == 10, "all small networks are served");
        }

        // In order, the whole backlog would come first.
        Assert.InRange(notifier.Ended.Count(network => network == "big"), 1, Backlog / 3);
    }

    [Fact]
    public async Task Receive_ProviderThatHangs_HasItsShareAndNoMore()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        SlowNotifier notifier = new();
        await using var host = await queue.StartAsync("http://127.0.0.1/", configure: Configure(6, 2), register: notifier.Register);

        await host.EnqueueAsync(Enumerable.Range(0, 50).Select(number => Samples.Numbered(number) with { NetworkId = "hangs" }));
        await Eventually.BecomesAsync(() => notifier.UnderWay("hangs") == 2, "it has its share");
        await host.EnqueueAsync(Enumerable.Range(0, 60).Select(number => Samples.Numbered(number) with { NetworkId = $"n{number % 20}" }));

        await Eventually.BecomesAsync(() => notifier.Ended.Count == 60, "the others are delivered");
        Assert.DoesNotContain("hangs", notifier.Ended);
        notifier.Release();
        await queue.UntilEmptyAsync();
        Assert.Equal((2, 50), (notifier.MostUnderWay("hangs"), notifier.Ended.Count(network => network == "hangs")));
    }

    // Deferred messages of more networks than one statement looks at stand between the two.
    [Fact]
    public async Task Receive_ProviderThatHangsAndManyNetworksDeferred_TheLastIsDelivered()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        SlowNotifier notifier = new();
        await using var host = await queue.StartAsync("http://127.0.0.1/", configure: Configure(6, 1), register: notifier.Register);
        await host.EnqueueAsync(Enumerable.Range(0, 5).Select(number => Samples.Numbered(number) with { NetworkId = "hangs" }));
        await Eventually.BecomesAsync(() => notifier.UnderWay("hangs") == 1, "it has its share");
        await database.ExecuteAsync(
            $"""
            INSERT INTO {TestQueue.Table} (recipient, visible, headers, body, event, network_id)
            SELECT recipient, now() + interval '1 day', headers, body, event, 'n' || number FROM (SELECT * FROM {TestQueue.Table} LIMIT 1) AS one, generate_series(1, 1500) AS number
            """);

        await host.EnqueueAsync(Samples.Invitation with { NetworkId = "zz" });

        await Eventually.BecomesAsync(() => notifier.Ended.Contains("zz"), "it is delivered");
        notifier.Release();
    }

    // As after an outage that was longer than the lease.
    [Fact]
    public async Task Receive_LeaseExpiresUnderWay_TheShareIsWholeAgainAfterwards()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        SlowNotifier notifier = new();
        await using var host = await queue.StartAsync("http://127.0.0.1/", configure: Configure(6, 2), register: notifier.Register);
        await host.EnqueueAsync(Samples.Invitation with { NetworkId = "hangs" });
        await Eventually.BecomesAsync(() => notifier.UnderWay("hangs") == 1, "it is under way");
        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET visible = now()");
        await Eventually.BecomesAsync(() => notifier.UnderWay("hangs") == 2, "it is under way twice");
        notifier.ReleaseThose();
        await queue.UntilEmptyAsync();

        await host.EnqueueAsync(Enumerable.Range(0, 5).Select(number => Samples.Numbered(number) with { NetworkId = "hangs" }));

        await Eventually.BecomesAsync(() => notifier.UnderWay("hangs") == 2, "the network has its share");
        notifier.Release();
    }

    [Fact]
    public async Task StartAsync_ShareInConfiguration_IsUsedUnlessSetInCode()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        Assert.Equal(2, await MostAsync("configured", configure: null));
        Assert.Equal(3, await MostAsync("code", options => options.MaxConcurrentDeliveriesPerNetwork = 3));

        async Task<int> MostAsync(string name, Action<PostgreSqlInvitationQueueOptions>? configure)
        {
            SlowNotifier notifier = new();
            await using var host = await new TestQueue(database).StartAsync(
                "http://127.0.0.1/",
                configure: options =>
                {
                    options.QueueName = name;
                    configure?.Invoke(options);
                },
                register: services => notifier.Register(services.Configure<InvitationNotifierOptions>(options => options.Queue.MaxConcurrentDeliveriesPerNetwork = 2)));
            await host.EnqueueAsync(Enumerable.Range(0, 20).Select(number => Samples.Numbered(number) with { NetworkId = "hangs" }));
            await host.EnqueueAsync(Samples.Invitation with { NetworkId = "other" });
            await Eventually.BecomesAsync(() => notifier.Ended.Contains("other"), "the other network is served");
            notifier.Release();
            return notifier.MostUnderWay("hangs");
        }
    }

    [Fact]
    public async Task TakeAsync_InTurn_TakesTheOldestOfEachNetworkOnceInAnyOrderOfTheirNames()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        string[] networks =
        [
            .. Enumerable.Range(0, 1_200).Select(number => $"n{number}"), "A", "a", "ä", "Z", "\u0001", "\uFFFD", "\U0001F600", " x", "'\"%_\\",
            new string('x', 1024), string.Concat(Enumerable.Range(0, 1024).Select(number => (char)('\u4E00' + (number * 7919 % 20_000)))),
        ];
        await using (var sender = await queue.StartSenderAsync())
        {
            foreach (var network in networks.Concat(networks))
            {
                await sender.EnqueueAsync(Samples.Invitation with { NetworkId = network });
            }
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        MessageStore store = new(source, new QueueTable(new()), TimeSpan.FromMinutes(5));
        List<QueueMessage> taken = [];
        var after = "";
        do
        {
            var result = await store.TakeAsync(new TakeRequest(0, 5_000, after, Full: ["a"]), TestContext.Current.CancellationToken);
            taken.AddRange(result.Messages);
            after = result.LastKey;
        }
        while (after is not null);

        Assert.Equal(networks.Except(["a"]).Order(StringComparer.Ordinal), taken.Select(message => message.NetworkId!).Order(StringComparer.Ordinal));
        var oldest = await database.ReadAsync<long>($"SELECT min(id) FROM {TestQueue.Table} GROUP BY network_id HAVING network_id <> 'a' ORDER BY 1");
        Assert.Equal(oldest, taken.Select(message => message.Id).Order());
    }

    private static Action<PostgreSqlInvitationQueueOptions> Configure(int concurrent, int perNetwork) => options =>
    {
        options.MaxConcurrentDeliveries = concurrent;
        options.MaxConcurrentDeliveriesPerNetwork = perNetwork;
    };

    private static Task MultiplyAsync(PostgresDatabase database, int copies) => database.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO {TestQueue.Table} (recipient, visible, headers, body, event, network_id, invitation_id)
        SELECT recipient, visible, headers, body, event, network_id, invitation_id FROM {TestQueue.Table}, generate_series(1, {copies})
        """));

    /// <summary>Takes some milliseconds for each; network "hangs" does not answer before it is released.</summary>
    private sealed class SlowNotifier : IInvitationNotifier
    {
        private volatile TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, int> _underWay = new(), _most = new();

        public ConcurrentQueue<string> Ended { get; } = new();

        public void Register(IServiceCollection services) => services.AddSingleton<IInvitationNotifier>(this);

        public int UnderWay(string network) => _underWay.GetValueOrDefault(network);

        public int MostUnderWay(string network) => _most.GetValueOrDefault(network);

        public void Release() => _release.TrySetResult();

        public void ReleaseThose()
        {
            var those = _release;
            _release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            those.TrySetResult();
        }

        public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
        {
            var count = _underWay.AddOrUpdate(invitation.NetworkId, 1, static (_, count) => count + 1);
            _most.AddOrUpdate(invitation.NetworkId, count, (_, most) => Math.Max(most, count));
            await (invitation.NetworkId == "hangs" ? _release.Task.WaitAsync(cancellationToken) : Task.Delay(5, cancellationToken));
            _underWay.AddOrUpdate(invitation.NetworkId, 0, static (_, count) => count - 1);
            Ended.Enqueue(invitation.NetworkId);
            return new NotificationResult { Outcome = NotificationOutcome.Delivered, StatusCode = HttpStatusCode.NoContent, Attempts = 1 };
        }
    }
}
